"""What somebody is to the library beside the main relation: added and ended by a colleague."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required, people_required
from members import profile, relations
from members.models import Contact, ContactRelation
from members.relation_forms import RelationForm


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def index(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """What somebody is to the library now, each with a way to end it; and a form that adds one."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    at = clock.now()
    form = RelationForm(request.POST or None, contact=person, today=timezone.localdate(at))
    if form.is_valid():
        try:
            added = relations.add_by_hand(person, **form.cleaned_data, by=request.user, at=at)
        except relations.AlreadyKnown:
            form.say_already_known()
        else:
            said = _("Toegevoegd: %(relation)s.") % {"relation": added.get_relation_display()}
            messages.success(request, said)
            return redirect(page(request, "contact-relations", person.pk))
    context = {"form": form, "person": person, "held": profile.held_relations(person, at=at)}
    return render(request, "members/relations.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def end(request: LibraryRequest, contact_id: int, relation_id: int) -> HttpResponse:
    """Ask whether somebody is this no more; then write when it ended."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    relation = get_object_or_404(ContactRelation, pk=relation_id, contact=person)
    words = {"relation": relation.get_relation_display()}
    if request.method == "POST":
        ended = relations.end(person, relation.pk, by=request.user, at=clock.now())
        said = _("Beëindigd: %(relation)s.") if ended else _("%(relation)s was al beëindigd.")
        messages.success(request, said % words)
        return redirect(page(request, "contact-relations", person.pk))
    return render(request, "members/relation_end.html", {"person": person, "relation": relation})
