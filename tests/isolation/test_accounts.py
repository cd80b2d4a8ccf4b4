"""A colleague's account is one for all libraries; what one library does to it may not open another."""

import pytest
from django.test import Client

from bibmail.tenancy.models import Library, StaffRole
from tests import factories

pytestmark = pytest.mark.slow

PASSWORD = "bewaar-dit-in-aalst"


def test_whoever_invites_first_learns_no_link(zottegem: Library, aalst: Library) -> None:
    """The link would let Aalst choose the password of an account that Zottegem trusts later."""
    stranger = Client()
    stranger.force_login(factories.a_role(aalst).user)

    form = {"email": "nele@zottegem.example.be", "name": "Nele", "role": "reader"}
    answer = stranger.post("/b/aalst/instellingen/medewerkers/uitnodigen/", form)
    role = StaffRole.objects.get(user__email="nele@zottegem.example.be")
    again = stranger.post(f"/b/aalst/instellingen/medewerkers/{role.pk}/opnieuw/", follow=True)

    for page in (answer, again):
        assert "/key/" not in page.content.decode()


def test_an_invitation_does_not_tell_who_works_at_zottegem(zottegem: Library, aalst: Library) -> None:
    nele = factories.a_user(email="nele@zottegem.example.be", name="Nele Van Damme", password=PASSWORD)
    factories.a_role(zottegem, user=nele)
    stranger = Client()
    stranger.force_login(factories.a_role(aalst).user)

    form = {"email": nele.email, "name": "Iemand", "role": "reader"}
    answer = stranger.post("/b/aalst/instellingen/medewerkers/uitnodigen/", form)

    listed = stranger.get("/b/aalst/instellingen/medewerkers/")
    for page in (answer, listed):
        assert nele.name not in page.content.decode()
    assert "Uitgenodigd" in listed.content.decode()
