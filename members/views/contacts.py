from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required, people_required
from members import corrections, custom_fields, doubles, panels, profile, queries, timeline
from members.forms import CorrectionForm
from members.matching import pairs
from members.models import Contact

_MOST_MOMENTS = 100


@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: LibraryRequest) -> HttpResponse:
    """Find a person; without words, the newest members. Colleagues without the right see numbers only.

    The words come in the body: an address lasts in the browser's history and in logs, and they are a name.
    """
    words = request.POST.get("q", "")
    found = []
    if request.staff_role.sees_people:
        found = queries.find(words) if words.strip() else queries.newest_members()
    results = profile.Results(words.strip(), found[: queries.MOST_FOUND], len(found) > queries.MOST_FOUND)
    context = {"results": results, "today": timezone.localdate(clock.now())}
    if getattr(request, "htmx", False):
        return render(request, "members/_results.html", context)
    return render(request, "members/contacts.html", context | {"counts": queries.counts()})


@require_safe
@people_required
def contact(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """One person: who they are, what they did, what they want. That somebody looked is written down."""
    try:
        person, membership = queries.with_membership(contact_id)
    except Contact.DoesNotExist:
        raise Http404 from None
    if person.merged_into_id:
        return redirect(page(request, "contact", person.merged_into_id))
    at = clock.now()
    audit.record("contact.viewed", by=request.user, at=at, subject_kind="contact", subject_id=person.pk)
    parts = panels.parts_of(person, at=at)
    context = {
        "profile": profile.of(person, membership, on=timezone.localdate(at)),
        "household": profile.household(person, on=timezone.localdate(at)),
        "months": timeline.by_month(panels.moments_of(parts)[:_MOST_MOMENTS]),
        "panels": [part for part in parts if part.template],
    }
    return render(request, "members/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def edit(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """Correct who somebody is; the page of the person tells from then on that a colleague did."""
    person = get_object_or_404(Contact.objects.standing(), pk=contact_id)
    at = clock.now()
    form = CorrectionForm(request.POST or None, contact=person, today=timezone.localdate(at))
    if form.is_valid():
        changed = corrections.correct(contact_id=person.pk, said=form.cleaned_data, by=request.user, at=at)
        if changed:
            messages.success(request, _("Verbeterd. Bij wat je aanpaste, staat nu dat een collega het zei."))
        return redirect(page(request, "contact", person.pk))
    context = {"form": form, "person": person}
    return render(request, "members/contact_edit.html", context, status=422 if form.errors else 200)


@require_safe
@people_required
def more(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """The rest of a person's page: the library's own fields, who may be the same, what was joined or taken apart."""
    person = get_object_or_404(Contact, pk=contact_id)
    at = clock.now()
    near = (
        pairs.to_look_at(on=timezone.localdate(at), contact_id=person.pk)
        if request.staff_role.may_edit
        else []
    )
    context = {
        "person": person,
        "standing": profile.standing_facts(person, at=at),
        "custom": custom_fields.of_contact(person),
        "doubles": doubles.shown(near[:3]),
        "identity_changes": doubles.changes_of(person, at=at),
    }
    return render(request, "members/_more.html", context)
