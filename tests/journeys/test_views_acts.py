"""Switching journeys on, changing, pausing and stopping them from their pages."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from campaigns.models import Message, SendingSettings
from journeys import actions, checks
from journeys.checks import Fault
from journeys.models import Journey, JourneyEntry, JourneyVersion
from members.models import ActivityKind as Kind
from tests import pages
from tests.journeys.play import Play

ENTRY = {"anchor": "entry"}


def _journey(library: Library) -> Journey:
    with acting_for(library.pk):
        return Journey.objects.select_related("version").get()


def _sending(library: Library) -> SendingSettings | None:
    with acting_for(library.pk):
        return SendingSettings.objects.first()


@pytest.fixture
def play(zottegem: Library) -> Play:
    """Welcome is on, and one person waits for the second mail."""
    play = Play(zottegem, day=timezone.localdate() - timedelta(days=3))
    play.switch_on("welcome")
    play.did(play.person(), Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(2))
    return play


# --- On --------------------------------------------------------------------------------------------


def test_an_editor_switches_a_journey_on_and_the_trial_stays(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "journey-activate", "welcome"), ENTRY)

    assert answer.headers["Location"] == pages.at(zottegem, "journey", "welcome")
    assert _journey(zottegem).state == Journey.State.LIVE
    assert _sending(zottegem) is None


def test_an_admin_ends_the_trial_in_the_same_breath(zottegem: Library) -> None:
    pages.admin(zottegem).post(
        pages.at(zottegem, "journey-activate", "welcome"), ENTRY | {"audience": "people"}
    )

    settings = _sending(zottegem)
    assert settings
    assert not settings.is_trial


def test_an_editor_who_says_so_does_not_end_the_trial(zottegem: Library) -> None:
    pages.editor(zottegem).post(
        pages.at(zottegem, "journey-activate", "welcome"), ENTRY | {"audience": "people"}
    )

    assert _sending(zottegem) is None


def test_the_settings_of_the_form_are_those_of_the_journey(zottegem: Library) -> None:
    pages.editor(zottegem).post(
        pages.at(zottegem, "journey-activate", "welcome"), {"anchor": "previous", "return_anywhere": "on"}
    )

    chosen = _journey(zottegem).settings
    assert (chosen["anchor"], chosen["return_anywhere"]) == ("previous", True)


def test_an_age_that_cannot_be_is_refused_with_the_form(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "journey-activate", "after_exams"), {"youngest": "200", "oldest": "30"}
    )

    assert answer.status_code == 200
    with acting_for(zottegem.pk):
        assert not Journey.objects.exists()


def test_a_hard_error_in_a_mail_is_said_and_stops_it(
    zottegem: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "faults", lambda *args, **kwargs: [Fault("Openingsuren", "Geen onderwerp.")])
    client = pages.admin(zottegem)

    answer = client.post(pages.at(zottegem, "journey-activate", "welcome"), ENTRY | {"audience": "people"})

    assert "Openingsuren: Geen onderwerp." in answer.content.decode()
    assert _sending(zottegem) is None
    with acting_for(zottegem.pk):
        assert not Journey.objects.exists()


def test_the_last_look_says_when_the_first_mail_could_leave(zottegem: Library) -> None:
    html = pages.editor(zottegem).get(pages.at(zottegem, "journey-activate", "welcome")).content.decode()

    assert "De eerste mail vertrekt ten vroegste" in html
    assert "Een beheerder kan de proef beëindigen." in html


def test_what_is_on_already_needs_no_last_look(zottegem: Library, play: Play) -> None:
    answer = pages.editor(zottegem).get(pages.at(zottegem, "journey-activate", "welcome"))

    assert answer.headers["Location"] == pages.at(zottegem, "journey", "welcome")


# --- Other settings --------------------------------------------------------------------------------


def test_other_settings_are_a_new_version_and_whoever_is_inside_keeps_theirs(
    zottegem: Library, play: Play
) -> None:
    pages.editor(zottegem).post(
        pages.at(zottegem, "journey-settings", "welcome"), ENTRY | {"return_anywhere": "on"}
    )

    version = _journey(zottegem).version
    assert version
    assert version.number == 2
    with acting_for(zottegem.pk):
        assert JourneyEntry.objects.get().version.number == 1


def test_a_journey_that_stands_still_may_be_changed_and_stays_so(zottegem: Library, play: Play) -> None:
    client = pages.editor(zottegem)
    client.post(pages.at(zottegem, "journey-pause", "welcome"))

    client.post(pages.at(zottegem, "journey-settings", "welcome"), ENTRY | {"return_anywhere": "on"})

    journey = _journey(zottegem)
    assert (journey.state, journey.settings["return_anywhere"]) == (Journey.State.PAUSED, True)


def test_the_same_settings_again_are_no_new_version(zottegem: Library, play: Play) -> None:
    pages.editor(zottegem).post(pages.at(zottegem, "journey-settings", "welcome"), ENTRY)

    with acting_for(zottegem.pk):
        assert JourneyVersion.objects.count() == 1


def test_a_journey_that_is_off_has_no_settings_to_change(library: Library) -> None:
    journey = actions.activate(code="welcome", settings={}, by=None, at=timezone.now())
    actions.stop(journey_id=journey.pk, by=None, at=timezone.now())

    with pytest.raises(actions.NotOn):
        actions.change_settings(journey_id=journey.pk, settings={}, by=None, at=timezone.now())


# --- Still, on again, off --------------------------------------------------------------------------


def test_pause_and_resume(zottegem: Library, play: Play) -> None:
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "journey-pause", "welcome"))
    paused = _journey(zottegem).state
    client.post(pages.at(zottegem, "journey-resume", "welcome"))

    assert (paused, _journey(zottegem).state) == (Journey.State.PAUSED, Journey.State.LIVE)


def test_pausing_twice_or_what_never_ran_changes_nothing(zottegem: Library, play: Play) -> None:
    client = pages.editor(zottegem)

    client.post(pages.at(zottegem, "journey-pause", "welcome"))

    assert client.post(pages.at(zottegem, "journey-pause", "welcome")).status_code == 302
    assert client.post(pages.at(zottegem, "journey-pause", "missed_you")).status_code == 404


def test_stopping_asks_for_the_number_of_people_inside(zottegem: Library, play: Play) -> None:
    client, url = pages.editor(zottegem), pages.at(zottegem, "journey-stop", "welcome")

    asked = client.get(url).content.decode()
    refused = client.post(url, {"shown": "1", "count": ""}).content.decode()
    accepted = client.post(url, {"shown": "1", "count": "1"})

    assert "Typ het aantal mensen dat onderweg is: 1" in asked
    assert "Typ 1." in refused or "vereist" in refused
    assert accepted.status_code == 302
    assert _journey(zottegem).state == Journey.State.OFF
    with acting_for(zottegem.pk):
        assert JourneyEntry.objects.get().exit_reason == JourneyEntry.Exit.STOPPED
        assert Message.objects.get().reason == Message.Reason.LEFT_JOURNEY


def test_with_nobody_inside_there_is_nothing_to_type(zottegem: Library) -> None:
    Play(zottegem).switch_on("missed_you")

    answer = pages.editor(zottegem).post(pages.at(zottegem, "journey-stop", "missed_you"), {"shown": "0"})

    assert answer.status_code == 302
    assert _journey(zottegem).state == Journey.State.OFF


def test_a_stopped_journey_still_shows_what_it_did(zottegem: Library, play: Play) -> None:
    client = pages.editor(zottegem)
    client.post(pages.at(zottegem, "journey-stop", "welcome"), {"shown": "1", "count": "1"})

    html = client.get(pages.at(zottegem, "journey", "welcome")).content.decode()

    assert "Staat uit" in html
    assert "Een collega stopte de klantreis." in html


@pytest.mark.parametrize("name", ["journey-activate", "journey-settings", "journey-stop"])
def test_a_reader_changes_nothing(zottegem: Library, play: Play, name: str) -> None:
    client = pages.reader(zottegem)

    assert client.get(pages.at(zottegem, name, "welcome")).status_code == 403
    assert client.post(pages.at(zottegem, name, "welcome")).status_code == 403
    assert "Leg stil" not in client.get(pages.at(zottegem, "journey", "welcome")).content.decode()


@pytest.mark.parametrize("name", ["journey-pause", "journey-resume"])
def test_a_change_is_no_link(zottegem: Library, play: Play, name: str) -> None:
    assert pages.reader(zottegem).post(pages.at(zottegem, name, "welcome")).status_code == 403
    assert pages.editor(zottegem).get(pages.at(zottegem, name, "welcome")).status_code == 405


def test_every_act_is_in_the_trail_in_words(zottegem: Library) -> None:
    client = pages.admin(zottegem)
    client.post(pages.at(zottegem, "journey-activate", "welcome"), ENTRY | {"audience": "people"})
    client.post(pages.at(zottegem, "journey-settings", "welcome"), ENTRY | {"return_anywhere": "on"})
    client.post(pages.at(zottegem, "journey-pause", "welcome"))
    client.post(pages.at(zottegem, "journey-resume", "welcome"))
    client.post(pages.at(zottegem, "journey-stop", "welcome"), {"shown": "0"})

    html = client.get(pages.at(zottegem, "audit")).content.decode()

    for words in (
        "zette de klantreis ‘Welkom in de bib’ aan (versie 1)",
        "beëindigde de proef",
        "paste de klantreis ‘Welkom in de bib’ aan (versie 2)",
        "legde de klantreis ‘Welkom in de bib’ stil",
        "liet de klantreis ‘Welkom in de bib’ verdergaan",
        "stopte de klantreis ‘Welkom in de bib’",
    ):
        assert words in html
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.filter(act="journey.stopped").get().detail["left"] == 0
