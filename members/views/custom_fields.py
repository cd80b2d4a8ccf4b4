from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required, editor_required, people_required
from members import custom_fields
from members.forms import CustomFieldForm, CustomValuesForm
from members.models import Contact, CustomField


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """The library's own fields, why they are kept and for how long."""
    return render(request, "members/custom_fields.html", {"held": custom_fields.held()})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def add(request: LibraryRequest) -> HttpResponse:
    form = CustomFieldForm(request.POST or None)
    if form.is_valid():
        field = custom_fields.add(**form.cleaned_data, by=request.user, at=clock.now())
        messages.success(request, _("‘%(label)s’ is toegevoegd.") % {"label": field.label})
        return redirect(page(request, "custom-fields"))
    return render(request, "members/custom_field.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def change(request: LibraryRequest, field_id: int) -> HttpResponse:
    field = get_object_or_404(CustomField, pk=field_id)
    form = CustomFieldForm(request.POST or None, field=field)
    if form.is_valid():
        words = {key: value for key, value in form.cleaned_data.items() if key != "type"}
        custom_fields.change(field, **words, by=request.user, at=clock.now())
        messages.success(request, _("‘%(label)s’ is bewaard.") % {"label": field.label})
        return redirect(page(request, "custom-fields"))
    context = {"form": form, "field": field, "people_count": field.values.count()}
    return render(request, "members/custom_field.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def remove(request: LibraryRequest, field_id: int) -> HttpResponse:
    """Ask, saying of how many people something goes; then remove."""
    field = get_object_or_404(CustomField, pk=field_id)
    if request.method == "POST":
        gone = custom_fields.remove(field, by=request.user, at=clock.now())
        words = ngettext(
            "Het veld en de waarde van %(count)s mens zijn weg.",
            "Het veld en de waarden van %(count)s mensen zijn weg.",
            gone,
        )
        messages.success(request, words % {"count": gone})
        return redirect(page(request, "custom-fields"))
    context = {"field": field, "people_count": field.values.count()}
    return render(request, "members/custom_field_remove.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
@people_required
def values(request: LibraryRequest, contact_id: int) -> HttpResponse:
    """What the library's own fields say of one person, to fill in."""
    person = get_object_or_404(Contact.objects.people(), pk=contact_id)
    form = CustomValuesForm(request.POST or None, contact=person)
    if form.is_valid():
        at = clock.now()
        for field, value in form.values.items():
            custom_fields.put(person, field, value, source="colleague", by=request.user, at=at)
        messages.success(request, _("De eigen velden zijn bewaard."))
        return redirect(page(request, "contact", person.pk))
    context = {"form": form, "person": person}
    return render(request, "members/custom_values.html", context, status=422 if form.errors else 200)
