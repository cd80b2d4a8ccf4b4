"""Lijsten: making them, and who stands on them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required, people_required
from members import funnel, list_entry, lists, nonmembers, queries
from members.list_forms import KeepForm, ListForm, PasteForm
from members.models import ContactList, FunnelStage, ListMember

BY_HAND = "bibmail"
_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def index(request: LibraryRequest) -> HttpResponse:
    """Every list with its purpose and its owner, and how close people came; numbers only.

    A POST changes how long people who are no member are kept.
    """
    keeping = KeepForm(request.POST or None, initial={"months": nonmembers.months()})
    if request.method == "POST" and request.staff_role.may_manage and keeping.is_valid():
        nonmembers.set_months(keeping.cleaned_data["months"])
        audit.record(
            "non_members.kept", by=request.user, at=clock.now(), months=keeping.cleaned_data["months"]
        )
        messages.success(request, _("Bewaard. Vannacht passen we de dagen aan."))
        return redirect(page(request, "lists"))
    standing = Count("members", filter=Q(members__until__isnull=True))
    found = ContactList.objects.select_related("owner").annotate(people=standing)
    stages = [(FunnelStage.Stage(code).label, count) for code, count in funnel.counts().items()]
    context = {"lists": found, "stages": stages, "keeping": keeping}
    return render(request, "members/lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def add(request: LibraryRequest) -> HttpResponse:
    return _edit(request, ContactList(owner=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def change(request: LibraryRequest, list_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(ContactList, pk=list_id))


@require_http_methods(["GET", "HEAD", "POST"])
@people_required
def people(request: LibraryRequest, list_id: int) -> HttpResponse:
    """Who stands on it. A POST looks for somebody to put on: the words are a name and come in the body."""
    found = get_object_or_404(ContactList, pk=list_id)
    words = request.POST.get("q", "").strip()
    audit.record("list.viewed", by=request.user, at=clock.now(), subject_kind="list", subject_id=found.pk)
    return _shown(request, found, PasteForm(), words=words)


@require_POST
@editor_required
@people_required
def put_on(request: LibraryRequest, list_id: int) -> HttpResponse:
    """Put people on by pasted numbers and addresses; the lines that fit nobody are shown with their mend."""
    found = get_object_or_404(ContactList, pk=list_id)
    chosen = request.POST.get("contact", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 19:
        # Somebody who was found by name.
        added = lists.add(found.pk, [int(chosen)], source=BY_HAND, by=request.user, at=clock.now())
        _say(request, len(added))
        return redirect(page(request, "list", found.pk))
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    read = list_entry.read(form.cleaned_data["pasted"])
    added = lists.add(found.pk, read.contact_ids, source=BY_HAND, by=request.user, at=clock.now())
    _say(request, len(added))
    if not read.bad:
        return redirect(page(request, "list", found.pk))
    again = PasteForm(initial={"pasted": "\n".join(one.words for one in read.bad)})
    return _shown(request, found, again, bad=read.bad)


@require_POST
@editor_required
@people_required
def take_off(request: LibraryRequest, list_id: int, contact_id: int) -> HttpResponse:
    found = get_object_or_404(ContactList, pk=list_id)
    if lists.remove(found.pk, [contact_id], by=request.user, at=clock.now()):
        messages.success(request, _("Deze persoon staat niet meer op de lijst."))
    return redirect(page(request, "list", found.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def archive(request: LibraryRequest, list_id: int) -> HttpResponse:
    """Says how many people stand on it, and asks; a list that was put away is taken back at once."""
    found = get_object_or_404(ContactList, pk=list_id)
    if request.method == "POST":
        lists.archive(found, is_archived=not found.is_archived, by=request.user, at=clock.now())
        return redirect(page(request, "lists"))
    count = ListMember.objects.current().filter(contact_list=found).count()
    return render(request, "members/list_archive.html", {"found": found, "people": count})


def _say(request: LibraryRequest, count: int) -> None:
    words = ngettext(
        "%(count)s mens staat nu ook op de lijst.", "%(count)s mensen staan nu ook op de lijst.", count
    )
    messages.success(request, words % {"count": count})


def _edit(request: LibraryRequest, found: ContactList) -> HttpResponse:
    form = ListForm(request.POST or None, instance=found)
    if form.is_valid():
        found.owner_id = form.cleaned_data["keeper"]
        lists.save(found, by=request.user, at=clock.now())
        messages.success(request, _("‘%(name)s’ is bewaard.") % {"name": found.name})
        return redirect(page(request, "lists"))
    return render(request, "members/list_edit.html", {"form": form, "found": found})


def _shown(
    request: LibraryRequest,
    found: ContactList,
    paste: PasteForm,
    *,
    words: str = "",
    bad: list[list_entry.Bad] | None = None,
) -> HttpResponse:
    standing = ListMember.objects.current().filter(contact_list=found).select_related("contact")
    ordered = standing.order_by("contact__name_by_last", "pk")
    context = {
        "found": found,
        "paste": paste,
        "bad": bad or [],
        "words": words,
        "matches": queries.find(words)[: queries.MOST_FOUND],
        "pages": Paginator(ordered, _A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "members/list.html", context)
