from django.urls import path

from bibmail.tenancy.views import audit, branches, hours, settings, staff

urlpatterns = [
    path("", settings.overview, name="settings"),
    path("vestigingen/", branches.index, name="branches"),
    path("vestigingen/nieuw/", branches.add, name="branch-add"),
    path("vestigingen/<int:branch_id>/", branches.edit, name="branch"),
    path("vestigingen/<int:branch_id>/uren/", hours.week, name="hours"),
    path("vestigingen/<int:branch_id>/uren/afwijking/", hours.add_exception, name="exception-add"),
    path(
        "vestigingen/<int:branch_id>/uren/afwijking/<int:exception_id>/weg/",
        hours.remove_exception,
        name="exception-remove",
    ),
    path("medewerkers/", staff.index, name="staff"),
    path("medewerkers/uitnodigen/", staff.invite, name="staff-invite"),
    path("medewerkers/<int:role_id>/", staff.change, name="staff-role"),
    path("medewerkers/<int:role_id>/opnieuw/", staff.invite_again, name="staff-invite-again"),
    path("medewerkers/<int:role_id>/weg/", staff.remove, name="staff-remove"),
    path("wat-collegas-deden/", audit.trail, name="audit"),
]
