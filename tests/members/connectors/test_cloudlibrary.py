"""cloudLibrary: over real HTTP, against a stand-in that checks the signature."""

from datetime import timedelta

import pytest

from bibmail.sandbox.sources.world import ebook_event
from bibmail.tenancy import acting_for
from members.connectors.cloudlibrary import authorization, parsed
from members.connectors.trouble import Trouble
from members.models import Activity, ConnectorRun, EbookTitle
from tests import factories
from tests.members.connectors.stage import Stage, later

pytestmark = pytest.mark.django_db

DONE = ConnectorRun.State.DONE
BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><LibraryEventBatch>&c;</LibraryEventBatch>'
)


@pytest.fixture
def cloud(stage: Stage) -> Stage:
    """One member, and a title that they may borrow."""
    with acting_for(stage.library.pk):
        factories.a_contact(external_id="7301234")
    stage.world.ebook_items = {
        "abc123": {"ItemId": "abc123", "Title": "De stille bib", "ISBN13": "9789000000012"}
    }
    return stage


def kinds(stage: Stage) -> list[tuple[str, str]]:
    with acting_for(stage.library.pk):
        return list(Activity.objects.order_by("occurred_at", "kind").values_list("kind", "subject_name"))


def test_loans_returns_and_holds_come_in_with_their_title(cloud: Stage) -> None:
    cloud.world.ebook_events = [
        ebook_event("e1", "7301234"),
        ebook_event("e2", "7301234", kind="CHECKIN", at="2026-11-24T08:00:00"),
        ebook_event("e3", "7301234", kind="HOLD", at="2026-11-24T09:00:00"),
        ebook_event("e4", "", kind="PURCHASE", at="2026-11-24T09:00:00"),
    ]

    run = cloud.fetch(cloud.cloud())

    assert (run.state, run.drift) == (DONE, {})
    assert kinds(cloud) == [
        ("ebook_loan", "De stille bib"),
        ("ebook_return", "De stille bib"),
        ("ebook_hold", "De stille bib"),
    ]


def test_a_title_is_asked_for_once(cloud: Stage) -> None:
    source = cloud.cloud()
    cloud.world.ebook_events = [ebook_event("e1", "7301234")]
    cloud.fetch(source)
    cloud.world.ebook_events.append(ebook_event("e2", "7301234", kind="CHECKIN", at="2026-11-24T12:30:00"))

    cloud.fetch(source, at=later(hours=2))

    assert len([target for target in cloud.asked() if "/items/" in target]) == 1
    with acting_for(cloud.library.pk):
        assert EbookTitle.objects.count() == 1


def test_readers_of_other_libraries_are_counted_and_kept_nowhere(cloud: Stage) -> None:
    cloud.world.ebook_events = [ebook_event("e1", "9999999"), ebook_event("e2", "7301234")]

    run = cloud.fetch(cloud.cloud())

    assert run.figures["ebook_activity"]["skipped"] == 1
    assert (run.figures["ebook_activity"]["rows"], run.figures["ebook_activity"]["refused"]) == (1, 0)


def test_windows_overlap_and_an_event_counts_once(cloud: Stage) -> None:
    source = cloud.cloud()
    cloud.world.ebook_events = [ebook_event("e1", "7301234", at="2026-11-24T10:30:00")]
    cloud.fetch(source)

    again = cloud.fetch(source, at=later(hours=1))

    assert again.figures["ebook_activity"]["unchanged"] == 1
    assert len(kinds(cloud)) == 1


def test_an_event_that_was_published_late_still_comes(cloud: Stage) -> None:
    source = cloud.cloud()
    cloud.fetch(source)
    cloud.world.ebook_events = [ebook_event("e1", "7301234", at="2026-11-24T10:30:00")]

    cloud.fetch(source, at=later(hours=1))

    assert len(kinds(cloud)) == 1


def test_a_long_pause_is_made_up_day_by_day(cloud: Stage) -> None:
    source = cloud.cloud()
    cloud.fetch(source)
    cloud.server.asked.clear()

    cloud.fetch(source, at=later(days=3))

    assert len(cloud.asked()) == 3
    assert cloud.now(source).cursor == {"until": later(days=3).isoformat()}


@pytest.mark.parametrize("mode", ["duplicates", "out_of_order"])
def test_doubled_and_turned_round_pages_bring_the_same(cloud: Stage, mode: str) -> None:
    cloud.world.ebook_events = [
        ebook_event("e1", "7301234"), ebook_event("e2", "7301234", kind="CHECKIN", at="2026-11-24T08:00:00"),
    ]  # fmt: skip
    cloud.switch(mode, on="cloudevents")

    run = cloud.fetch(cloud.cloud())

    assert (run.state, len(kinds(cloud))) == (DONE, 2)


@pytest.mark.parametrize(
    ("mode", "name", "noted"),
    [
        ("unknown_field", "Format", {"unknown": ["Format"]}),
        ("missing_field", "PatronId", {"missing": ["PatronId"]}),
        ("other_type", "ISBN", {"other_type": ["ISBN"]}),
    ],
)
def test_a_field_that_changed_is_noted(cloud: Stage, mode: str, name: str, noted: object) -> None:
    cloud.world.ebook_events = [ebook_event("e1", "7301234")]
    cloud.switch(mode, on="cloudevents", name=name)

    run = cloud.fetch(cloud.cloud())

    assert (run.state, run.drift) == (DONE, {"ebook_activity": noted})


def test_the_signature_is_over_moment_method_and_path() -> None:
    # As `openssl dgst -sha256 -hmac geheim -binary | base64` has it.
    said = authorization(
        "bib",
        "geheim",
        moment="Tue, 24 Nov 2026 11:00:00 GMT",
        method="GET",
        target="/cirrus/library/v/items/a",
    )

    assert said == "3MCLAUTH bib:DeEaFkXkh4nIGFWkRHnDYPAlk15Z1UMmgy1L38gV7mI="


def test_a_wrong_key_is_refused(cloud: Stage) -> None:
    source = cloud.cloud()
    cloud.world.keys.cloud_key = "another"

    run = cloud.fetch(source)

    assert (run.error_code, run.requests_count) == ("not_let_in", 1)


def test_entities_in_xml_are_refused() -> None:
    with pytest.raises(Trouble, match="unreadable"):
        parsed(BOMB)


def test_the_next_fetch_is_due_later(cloud: Stage) -> None:
    source = cloud.cloud()

    cloud.fetch(source)

    assert cloud.now(source).next_due_at - later() == timedelta(hours=1)
