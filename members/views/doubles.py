"""Two records of one person: look, join, say that they are two, take apart, undo."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required, people_required
from members import doubles, queries
from members.forms import JoinForm, SplitForm
from members.matching import joining, pairs
from members.models import Contact, IdentityChange

_SHOWN = 20


@require_safe
@editor_required
@people_required
def index(request: LibraryRequest) -> HttpResponse:
    """The pairs that are, or may be, one person; who is shown is written down as one look."""
    at = clock.now()
    found = pairs.to_look_at(on=timezone.localdate(at))
    certain_count = sum(pair.is_certain for pair in found)
    shown = doubles.shown(found[:_SHOWN])
    if shown:
        audit.record("contact.doubles_viewed", by=request.user, at=at, people=len(shown) * 2)
    context = {
        "doubles": shown,
        "certain_count": certain_count,
        "doubtful_count": len(found) - certain_count,
        "more_count": max(0, len(found) - _SHOWN),
        "recent": doubles.recent(at=at),
    }
    return render(request, "members/doubles.html", context)


@require_POST
@editor_required
@people_required
def join(request: LibraryRequest) -> HttpResponse:
    """Join the two that the form names, and go to the one that stays."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise Http404
    try:
        change = joining.join(**form.cleaned_data, by=request.user, at=clock.now())
    except joining.NotJoinable:
        messages.error(request, _("Deze twee kan je niet samenvoegen. Misschien deed een collega het net."))
        return redirect(page(request, "doubles"))
    messages.success(
        request,
        _("%(name)s is nu één persoon. Vergist? Je kan het ongedaan maken op deze pagina.")
        % {"name": change.kept.full_name or change.kept.external_id},
    )
    return redirect(page(request, "contact", change.kept_id))


@require_POST
@editor_required
@people_required
def join_certain(request: LibraryRequest) -> HttpResponse:
    """Join every pair that is certain."""
    at = clock.now()
    joined = joining.join_certain(by=request.user, at=at)
    words = ngettext(
        "%(count)s zeker dubbel is samengevoegd.", "%(count)s zekere dubbels zijn samengevoegd.", joined
    )
    messages.success(request, words % {"count": joined})
    return redirect(page(request, "doubles"))


@require_POST
@editor_required
@people_required
def two(request: LibraryRequest) -> HttpResponse:
    """Remember that these are two people."""
    form = JoinForm(request.POST)
    if not form.is_valid():
        raise Http404
    people = Contact.objects.in_bulk([form.cleaned_data["kept_id"], form.cleaned_data["other_id"]])
    if len(people) != 2:
        raise Http404
    one_id, other_id = people
    joining.say_two(one_id=one_id, other_id=other_id, by=request.user, at=clock.now())
    messages.success(request, _("Onthouden: dit zijn twee mensen. We vragen het niet meer."))
    return redirect(page(request, "doubles"))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def join_with(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """Look for somebody to join this person with; the words come in the body, for they are a name."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    words = request.POST.get("q", "").strip()
    others = [
        found for found in queries.find(words) if found.pk != person.pk and found.kind == Contact.Kind.PERSON
    ]
    context = {
        "person": person,
        "words": words,
        "doubles": [doubles.both(person.pk, other.pk) for other in others[:5]],
        "has_more": len(others) > 5,
    }
    return render(request, "members/join_with.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def split(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """Take apart somebody who turned out to be two."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    form = SplitForm(request.POST or None, parts=doubles.parts_of(person))
    if form.is_valid():
        change = joining.split(
            contact_id=person.pk,
            activity_ids=form.activity_ids,
            household_ids=form.household_ids,
            first_name=form.cleaned_data["first_name"],
            last_name=form.cleaned_data["last_name"],
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, _("Er zijn nu twee mensen. Dit is de nieuwe."))
        return redirect(page(request, "contact", change.other_id))
    context = {"person": person, "form": form}
    return render(request, "members/split.html", context, status=422 if form.errors else 200)


@require_POST
@editor_required
@people_required
def undo(request: LibraryRequest, change_id: int) -> HttpResponse:
    """Undo a joining or a split."""
    change = get_object_or_404(IdentityChange, pk=change_id)
    try:
        undone = joining.undo(change_id=change.pk, by=request.user, at=clock.now())
    except joining.NotUndoable:
        messages.error(
            request,
            _("Dit kan niet meer ongedaan gemaakt worden. Maak eerst een latere samenvoeging ongedaan."),
        )
    else:
        messages.success(request, _("Ongedaan gemaakt."))
        if undone.left_behind:
            words = _("Dit bleef zoals het nu is: %(what)s.")
            messages.warning(request, words % {"what": doubles.left(undone)})
    return redirect(page(request, "contact", change.kept_id))
