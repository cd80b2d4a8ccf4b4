"""UiTdatabank: over real HTTP, against a stand-in that knows the parameters we use and no others."""

from datetime import date
from typing import Any

import pytest

from bibmail.sandbox.sources.world import agenda_event, place
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import OpeningException, OpeningHours
from campaigns.models import LibraryEvent
from members.connectors import uitdatabank_records as records
from members.connectors.drift import Drift
from members.models import ConnectorRun
from tests.members.connectors.stage import Stage, later

pytestmark = pytest.mark.django_db

DONE = ConnectorRun.State.DONE


def found(stage: Stage) -> list[tuple[str, str, str]]:
    with acting_for(stage.library.pk):
        return list(LibraryEvent.objects.order_by("starts_at", "code").values_list("code", "name", "status"))


def test_each_sub_event_is_an_event_with_branch_age_and_address(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c", days=("2026-12-02", "2026-12-16"))]

    run = stage.fetch(stage.uit())

    assert (run.state, run.drift) == (DONE, {})
    assert found(stage) == [
        ("0f3c:20261202T1300Z", "Voorleesuurtje", "available"),
        ("0f3c:20261216T1300Z", "Voorleesuurtje", "available"),
    ]
    with acting_for(stage.library.pk):
        event = LibraryEvent.objects.select_related("branch").first()
        assert event
        assert event.branch
        assert (event.branch.code, event.min_age, event.max_age) == ("3550", 3, 6)
        assert (event.kind, event.needs_registration) == ("Lezing of congres", False)
        assert event.url.endswith("/0f3c")


def test_a_cancelled_sub_event_sits_inside_an_available_event(stage: Stage) -> None:
    event = agenda_event("0f3c", days=("2026-12-02", "2026-12-16"))
    event["subEvent"][0]["status"] = {"type": "Unavailable"}
    event["subEvent"][1]["bookingAvailability"] = {"type": "Unavailable"}
    stage.world.events = [event]

    stage.fetch(stage.uit())

    assert [status for _code, _name, status in found(stage)] == ["cancelled", "full"]


def test_a_sub_event_that_moves_is_cancelled_where_it_was(stage: Stage) -> None:
    source = stage.uit()
    stage.world.events = [agenda_event("0f3c")]
    stage.fetch(source)
    stage.world.events = [agenda_event("0f3c", days=("2026-12-03",), modified="2026-11-24T11:30:00+00:00")]

    stage.fetch(source, at=later(hours=6))

    assert [(code, status) for code, _name, status in found(stage)] == [
        ("0f3c:20261202T1300Z", "cancelled"),
        ("0f3c:20261203T1300Z", "available"),
    ]
    with acting_for(stage.library.pk):
        assert set(LibraryEvent.objects.values_list("min_age", flat=True)) == {3}


@pytest.mark.parametrize(
    "change", [{"workflowStatus": "DELETED"}, {"audience": {"audienceType": "education"}}]
)
def test_an_event_that_is_taken_back_is_cancelled(stage: Stage, change: dict[str, Any]) -> None:
    source = stage.uit()
    stage.world.events = [agenda_event("0f3c")]
    stage.fetch(source)
    stage.world.events = [agenda_event("0f3c", modified="2026-11-24T11:30:00+00:00", **change)]

    stage.fetch(source, at=later(hours=6))

    assert [status for _code, _name, status in found(stage)] == ["cancelled"]


def test_events_for_schools_never_come_in(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c", audience={"audienceType": "education"})]

    stage.fetch(stage.uit())

    assert found(stage) == []


def test_only_what_changed_is_asked_again(stage: Stage) -> None:
    source = stage.uit()
    stage.world.events = [agenda_event("0f3c")]
    stage.fetch(source)

    again = stage.fetch(source, at=later(hours=6))

    assert (again.state, again.figures) == (DONE, {})


def test_many_events_come_in_pages(stage: Stage) -> None:
    stage.world.events = [agenda_event(f"e{number:03}") for number in range(230)]

    run = stage.fetch(stage.uit())

    assert (run.state, run.figures["events"]["new"]) == (DONE, 230)
    assert len(stage.asked()) == 3


def test_events_of_other_organisers_stay_out(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c", organizer="cultuurcentrum")]

    stage.fetch(stage.uit())

    assert found(stage) == []


def test_without_an_organiser_the_places_say_which(stage: Stage) -> None:
    stage.world.events = [agenda_event("0f3c", organizer="iemand"), agenda_event("1a", place="elders")]

    stage.fetch(stage.uit(organizer_ids=""))

    assert [code for code, *_ in found(stage)] == ["0f3c:20261202T1300Z"]


def test_nothing_filled_in_is_said_before_anything_is_asked(stage: Stage) -> None:
    run = stage.fetch(stage.uit(organizer_ids="", places=""))

    assert (run.error_code, run.requests_count) == ("nothing_asked", 0)


def test_hours_replace_the_week_and_its_exceptions(stage: Stage) -> None:
    hours = [{"opens": "10:00", "closes": "12:00", "dayOfWeek": ["thursday", "friday"]}]
    adjusted: dict[str, Any] = {
        "startDate": "2026-12-24",
        "endDate": "2026-12-27",
        "description": {"nl": "Kersturen"},
    }
    adjusted |= {"openingHours": hours}
    stage.world.places = [place(openingHoursAdjustedDays=[adjusted])]

    run = stage.fetch(stage.uit(hours="1"))

    assert run.state == DONE
    with acting_for(stage.library.pk):
        week = list(OpeningHours.objects.order_by("weekday", "opens").values_list("weekday", "opens__hour"))
        exceptions = list(
            OpeningException.objects.order_by("starts_on").values_list("starts_on", "ends_on", "note")
        )
    assert week == [(2, 9), (2, 13), (3, 9)]
    assert exceptions == [
        (date(2026, 12, 24), date(2026, 12, 24), "Kersturen"),
        (date(2026, 12, 25), date(2026, 12, 26), "Kerst"),
        (date(2026, 12, 27), date(2026, 12, 27), "Kersturen"),
    ]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("-", ("", "")),
        ("6-", ("6", "")),
        ("-12", ("", "12")),
        ("6-12", ("6", "12")),
        ("alle", ("", "")),
        (6, ("", "")),
    ],
)
def test_age_ranges(said: object, expected: tuple[str, str]) -> None:
    assert records.ages(said) == expected


@pytest.mark.parametrize(
    ("said", "main", "expected"),
    [
        ({"nl": "Lezing", "fr": "Lecture"}, "fr", "Lezing"),
        ({"fr": "Lecture", "de": "Lesung"}, "de", "Lesung"),
        ("Lezing", "nl", "Lezing"),
        (None, "nl", ""),
    ],
)
def test_language_maps(said: object, main: str, expected: str) -> None:
    assert records.words(said, main) == expected


def test_what_is_always_there_is_no_event() -> None:
    always = agenda_event("0f3c", calendarType="permanent", subEvent=[], startDate=None, endDate=None)
    years = agenda_event(
        "1a", subEvent=[], startDate="2026-01-01T00:00:00+01:00", endDate="2027-12-31T00:00:00+01:00"
    )

    drift = Drift()

    assert [records.events(event, {}, drift) for event in (always, years)] == [[], []]
    assert drift.notes() == {}


@pytest.mark.parametrize(
    ("mode", "name", "noted"),
    [
        ("missing_field", "location", {"missing": ["location"]}),
        ("other_type", "typicalAgeRange", {"other_type": ["typicalAgeRange"]}),
    ],
)
def test_a_field_that_changed_is_noted(stage: Stage, mode: str, name: str, noted: object) -> None:
    stage.world.events = [agenda_event("0f3c")]
    stage.switch(mode, on="/uit/events", name=name)

    run = stage.fetch(stage.uit())

    assert (run.state, run.drift) == (DONE, {"events": noted})


@pytest.mark.parametrize("mode", ["duplicates", "out_of_order"])
def test_doubled_and_turned_round_pages_bring_the_same(stage: Stage, mode: str) -> None:
    stage.world.events = [agenda_event("0f3c"), agenda_event("1a", days=("2026-12-03",))]
    stage.switch(mode, on="/uit/events")

    run = stage.fetch(stage.uit())

    assert (run.state, len(found(stage))) == (DONE, 2)
