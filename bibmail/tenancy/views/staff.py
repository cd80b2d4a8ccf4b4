from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import actions, clock, queries
from bibmail.tenancy.forms import InviteForm, RoleForm
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import StaffRole
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required


def _role(request: LibraryRequest, role_id: int) -> StaffRole:
    """A role of this library; the table has no fence, so the library is named here."""
    roles = StaffRole.objects.in_library(request.library.pk).select_related("user")
    return get_object_or_404(roles, pk=role_id)


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    staff = queries.staff(library_id=request.library.pk)
    unguarded = sum(not colleague.is_guarded for colleague in staff if colleague.role.joined_at)
    return render(request, "tenancy/staff.html", {"staff": staff, "unguarded_count": unguarded})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def invite(request: LibraryRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, initial={"role": StaffRole.Role.EDITOR, "sees_people": True})
    if form.is_valid():
        try:
            role = actions.invite(
                library=request.library, by=request.user, at=clock.now(), **form.cleaned_data
            )
        except actions.AlreadyStaff:
            form.add_error("email", _("Wie dit adres heeft, werkt hier al. Pas de rol aan in de lijst."))
        else:
            return render(request, "tenancy/invited.html", {"role": role})
    return render(request, "tenancy/invite.html", {"form": form})


@require_POST
@admin_required
def invite_again(request: LibraryRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    try:
        actions.invite_again(role=role, by=request.user, at=clock.now())
    except actions.HasJoined:
        words = _("%(name)s was al in Bibmail. Kies ‘Wachtwoord vergeten?’ bij het aanmelden.")
        messages.warning(request, words % {"name": role.name})
        return redirect(page(request, "staff"))
    return render(request, "tenancy/invited.html", {"role": role})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def change(request: LibraryRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    is_own = role.user_id == request.user.pk and role.may_manage
    initial = {"role": role.role, "sees_people": role.sees_people}
    form = RoleForm(request.POST or None, initial=initial, is_own_admin_role=is_own)
    if form.is_valid():
        to, sees_people = form.cleaned_data["role"], form.cleaned_data["sees_people"]
        try:
            actions.change_role(role=role, to=to, sees_people=sees_people, by=request.user, at=clock.now())
        except actions.LastAdmin:
            form.add_error(
                "role", _("Je bib heeft minstens één beheerder nodig. Maak eerst een collega beheerder.")
            )
        else:
            words = _("De rol van %(name)s is bewaard: %(role)s.")
            messages.success(request, words % {"name": role.name, "role": role.get_role_display().lower()})
            return redirect(page(request, "staff"))
    return render(request, "tenancy/role.html", {"form": form, "role": role})


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def remove(request: LibraryRequest, role_id: int) -> HttpResponse:
    role = _role(request, role_id)
    if request.method != "POST":
        return render(request, "tenancy/remove_staff.html", {"role": role})
    try:
        actions.remove_staff(role=role, by=request.user, at=clock.now())
    except actions.LastAdmin:
        words = _("%(name)s is de enige beheerder en kan niet weg. Maak eerst een collega beheerder.")
        messages.error(request, words % {"name": role.name})
        return redirect(page(request, "staff"))
    messages.success(
        request, _("%(name)s heeft geen toegang meer tot deze bibliotheek.") % {"name": role.name}
    )
    return redirect("home" if role.user_id == request.user.pk else page(request, "staff"))
