"""A person's page: the journeys they are on, how they came in, and why they left."""

from datetime import time

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from journeys import panels
from journeys.models import JourneyEntry
from journeys.sentences import of_exit
from members.models import ActivityKind as Kind
from members.models import Contact
from tests.journeys.play import Play


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.switch_on("welcome")
    return play


def told(play: Play, contact: Contact) -> tuple[list[str], list[tuple[str, str]]]:
    """Where they stand, and the lines of the timeline."""
    with acting_for(play.library.pk):
        part = panels.part_of(contact, play.on(9))
        places = (part.panel or {})["places"]
        return [place for _code, _label, place, _child in places], [(m.title, m.text) for m in part.moments]


def test_who_is_inside_stands_somewhere_until_a_day(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(3))

    places, moments = told(play, noor)

    assert places == ["Wacht een week, tot dinsdag 8 december."]
    assert moments == [("Stapte in ‘Welkom in de bib’", "Deze klantreis begint wanneer iemand lid wordt.")]


def test_who_left_says_why_and_stands_nowhere(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(25))

    places, moments = told(play, noor)

    assert places == []
    assert ("Verliet ‘Welkom in de bib’", "Kwam aan het einde.") in moments


def test_a_goal_on_the_way_is_told(play: Play) -> None:
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)
    play.did(noor, Kind.PROFILE_LOGIN, 2)
    play.tick(3)

    assert ("Bereikte het doel van ‘Welkom in de bib’", "") in told(play, noor)[1]


def test_a_parent_reads_that_it_is_about_a_child(play: Play) -> None:
    parent, child = play.person(), play.person(age=8)
    play.household(parent, child)
    play.did(child, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    assert told(play, parent)[1][0][0] == "Een gekoppeld kind stapte in ‘Welkom in de bib’"
    assert told(play, child)[1][0][0] == "Stapte in ‘Welkom in de bib’"


@pytest.mark.parametrize("reason", JourneyEntry.Exit.values)
def test_every_exit_is_a_sentence(reason: str) -> None:
    assert of_exit(reason) != reason
    assert of_exit(reason).endswith(".")
