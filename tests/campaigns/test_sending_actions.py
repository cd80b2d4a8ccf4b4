"""The trial and the big stop, and who may touch them."""

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from campaigns import sending_actions
from campaigns.models import SendingSettings
from tests import factories, pages
from tests.factories import NOON


def test_leaving_the_trial_is_written_down_once(library: Library) -> None:
    by = factories.a_user()

    sending_actions.leave_trial(by=by, at=NOON)
    sending_actions.leave_trial(by=by, at=NOON)

    assert SendingSettings.objects.get().is_trial is False
    assert list(AuditEntry.objects.values_list("act", "actor")) == [("sending.trial_left", by.pk)]


def test_stopping_keeps_the_trial_as_it_is(library: Library) -> None:
    sending_actions.stop_sending(by=None, at=NOON)

    settings = SendingSettings.objects.get()
    assert (settings.is_on, settings.is_trial) == (False, True)
    assert sending_actions.resume_sending(by=None, at=NOON).is_on


@pytest.mark.parametrize("name", ["trial-leave", "trial-enter"])
def test_only_an_admin_ends_or_begins_the_trial(zottegem: Library, name: str) -> None:
    assert pages.editor(zottegem).post(pages.at(zottegem, name)).status_code == 403
    assert pages.admin(zottegem).post(pages.at(zottegem, name)).status_code == 302
    assert pages.admin(zottegem).get(pages.at(zottegem, name)).status_code == 405


def test_a_reader_sees_how_sending_stands_and_no_button(zottegem: Library) -> None:
    client = pages.reader(zottegem)

    with pages.at_most(12):
        html = client.get(pages.at(zottegem, "sending")).content.decode()

    assert "Jullie draaien in proef" in html
    assert "Beëindig de proef" not in html
    assert client.get(pages.at(zottegem, "sending-stop")).status_code == 403


def test_stopping_asks_for_the_number_of_mails_that_wait(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        for _ in range(2):
            factories.a_message(factories.a_contact())
    client, url = pages.editor(zottegem), pages.at(zottegem, "sending-stop")

    refused = client.post(url, {"shown": "2", "count": "3"})
    accepted = client.post(url, {"shown": "2", "count": "2"})

    assert "Dat is een ander getal" in refused.content.decode()
    assert accepted.status_code == 302
    with acting_for(zottegem.pk):
        assert SendingSettings.objects.get().is_on is False


def test_where_nothing_waits_there_is_nothing_to_type(zottegem: Library) -> None:
    client, url = pages.editor(zottegem), pages.at(zottegem, "sending-stop")

    assert client.post(url, {"shown": "0"}).status_code == 302
    assert client.post(pages.at(zottegem, "sending-resume")).status_code == 302
    with acting_for(zottegem.pk):
        assert SendingSettings.objects.get().is_on


def test_the_first_visit_makes_no_settings(zottegem: Library) -> None:
    client = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.READER))

    client.get(pages.at(zottegem, "sending"))

    with acting_for(zottegem.pk):
        assert not SendingSettings.objects.exists()


def test_the_network_sees_who_is_past_the_trial(library: Library) -> None:
    sending_actions.leave_trial(by=None, at=NOON)
    after = Library.objects.get(pk=library.pk).state
    sending_actions.enter_trial(by=None, at=NOON)

    assert (after, Library.objects.get(pk=library.pk).state) == (Library.State.LIVE, Library.State.TRIAL)
