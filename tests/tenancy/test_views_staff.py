import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole, User
from tests import factories, pages

INVITATION = {"name": "Sofie De Graeve", "email": "sofie@example.be", "role": "editor", "sees_people": "on"}


def mailed_link(body: str) -> str:
    link = re.search(r"http://[^/]+(\S+/key/\S+)", body)
    assert link
    return link[1]


def test_an_invitation_makes_a_role_and_a_mail_and_shows_no_link(
    zottegem: Library, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = pages.admin(zottegem).post(pages.at(zottegem, "staff-invite"), INVITATION)

    role = StaffRole.objects.get(user__email="sofie@example.be")
    assert (role.role, role.sees_people, role.name) == ("editor", True, "Sofie De Graeve")
    assert "/password/reset/key/" not in answer.content.decode()
    assert mailed_link(str(mail.outbox[0].body))


def test_the_link_lets_the_colleague_choose_a_password(
    zottegem: Library, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        pages.admin(zottegem).post(pages.at(zottegem, "staff-invite"), INVITATION)
    link = mailed_link(str(mail.outbox[0].body))

    colleague = Client()
    form = colleague.get(link, follow=True)
    words = {"password1": "vier gewone woorden samen", "password2": "vier gewone woorden samen"}
    colleague.post(form.redirect_chain[-1][0], words)

    assert User.objects.get(email="sofie@example.be").check_password("vier gewone woorden samen")
    assert "Deze link werkt niet meer" in Client().get(link, follow=True).content.decode()


def test_a_mail_server_that_is_away_does_not_undo_the_invitation(
    zottegem: Library, settings: LazySettings, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    with django_capture_on_commit_callbacks(execute=True):
        answer = pages.admin(zottegem).post(pages.at(zottegem, "staff-invite"), INVITATION)

    assert answer.status_code == 200
    assert StaffRole.objects.filter(user__email="sofie@example.be").exists()


def test_who_has_a_password_gets_no_link_at_all(
    zottegem: Library, django_capture_on_commit_callbacks: Any
) -> None:
    factories.a_user(email="sofie@example.be", password="vier gewone woorden samen")

    with django_capture_on_commit_callbacks(execute=True):
        pages.admin(zottegem).post(pages.at(zottegem, "staff-invite"), INVITATION)

    assert "/password/reset/key/" not in str(mail.outbox[0].body)


def test_a_colleague_is_invited_once(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    client.post(pages.at(zottegem, "staff-invite"), INVITATION)

    answer = client.post(pages.at(zottegem, "staff-invite"), INVITATION)

    assert "werkt hier al" in answer.content.decode()


def test_an_admin_changes_a_role(zottegem: Library) -> None:
    role = factories.a_role(zottegem, role=StaffRole.Role.READER)

    pages.admin(zottegem).post(pages.at(zottegem, "staff-role", role.pk), {"role": "editor"})

    role.refresh_from_db()
    assert (role.role, role.sees_people) == ("editor", False)
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.get().detail == {"before": "reader", "role": "editor", "sees_people": False}


def test_the_last_admin_keeps_the_role(zottegem: Library) -> None:
    role = factories.a_role(zottegem)

    answer = pages.logged_in(role).post(
        pages.at(zottegem, "staff-role", role.pk), {"role": "reader", "confirmed": "on"}
    )

    role.refresh_from_db()
    assert role.role == "admin"
    assert "minstens één beheerder" in answer.content.decode()


def test_the_last_admin_cannot_be_removed(zottegem: Library) -> None:
    role = factories.a_role(zottegem)

    answer = pages.logged_in(role).post(pages.at(zottegem, "staff-remove", role.pk), follow=True)

    assert StaffRole.objects.filter(pk=role.pk).exists()
    assert "de enige beheerder" in answer.content.decode()


def test_giving_up_the_own_admin_role_is_said_twice(zottegem: Library) -> None:
    factories.a_role(zottegem)
    role = factories.a_role(zottegem)
    client, address = pages.logged_in(role), pages.at(zottegem, "staff-role", role.pk)

    answer = client.post(address, {"role": "reader"})
    role.refresh_from_db()
    assert role.role == "admin"
    assert "Vink dit aan" in answer.content.decode()

    client.post(address, {"role": "reader", "confirmed": "on"})
    role.refresh_from_db()
    assert role.role == "reader"


def test_a_removed_colleague_is_out_at_once(zottegem: Library) -> None:
    role = factories.a_role(zottegem, role=StaffRole.Role.EDITOR)
    colleague = pages.logged_in(role)

    pages.admin(zottegem).post(pages.at(zottegem, "staff-remove", role.pk))

    assert colleague.get(pages.at(zottegem, "start")).status_code == 404


@pytest.mark.parametrize("name", ["staff-role", "staff-remove"])
def test_a_role_of_another_library_is_not_found(zottegem: Library, aalst: Library, name: str) -> None:
    role = factories.a_role(zottegem)

    answer = pages.admin(aalst).post(pages.at(aalst, name, role.pk), {"role": "reader"})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["staff-role", "staff-remove", "staff-invite-again"])
def test_an_editor_may_not_touch_roles(zottegem: Library, name: str) -> None:
    role = factories.a_role(zottegem)

    answer = pages.editor(zottegem).post(pages.at(zottegem, name, role.pk))

    assert answer.status_code == 403


def test_an_invitation_is_sent_again_only_to_who_was_never_here(
    zottegem: Library, django_capture_on_commit_callbacks: Any
) -> None:
    here = factories.a_role(zottegem)
    invited = factories.a_role(zottegem)
    StaffRole.objects.filter(pk=invited.pk).update(joined_at=None)
    client = pages.admin(zottegem)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(pages.at(zottegem, "staff-invite-again", here.pk))
        client.post(pages.at(zottegem, "staff-invite-again", invited.pk))

    assert [message.to for message in mail.outbox] == [[invited.user.email]]


def test_the_first_visit_ends_the_invitation(zottegem: Library) -> None:
    role = factories.a_role(zottegem)
    StaffRole.objects.filter(pk=role.pk).update(joined_at=None)

    pages.logged_in(role).get(pages.at(zottegem, "start"))

    role.refresh_from_db()
    assert role.joined_at is not None


def test_the_trail_tells_who_did_what(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    client.post(pages.at(zottegem, "staff-invite"), INVITATION)

    html = client.get(pages.at(zottegem, "audit")).content.decode()

    assert "nodigde Sofie De Graeve uit als redacteur" in html
