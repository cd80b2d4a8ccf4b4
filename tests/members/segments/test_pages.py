"""The pages of segments: build one, save it, look at it from every side."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from consent import stops
from consent.models import MailPreference, Subject
from members.models import Contact, Segment, SegmentVersion
from members.segments import people
from tests import factories, pages
from tests.factories import NOON
from tests.members.test_custom_fields import a_field


@pytest.fixture
def noor(zottegem: Library) -> Contact:
    with acting_for(zottegem.pk):
        branch = factories.a_branch(code="3550")
        noor = factories.a_contact(postal_code="9620", email="noor@example.be", email_norm="noor@example.be",
                                   recipient_hash=factories.a_hash("noor@example.be"))  # fmt: skip
        factories.a_membership(noor, home_branch=branch)
        factories.a_consent(noor)
        return noor


@pytest.fixture
def client(zottegem: Library) -> Client:
    return pages.editor(zottegem)


def a_segment(library: Library, rule: dict[str, Any], *, name: str = "Volwassenen") -> Segment:
    with acting_for(library.pk):
        return Segment.objects.create(name=name, rule=rule, version=1, changed_at=NOON)


GROWN_UP = {"all": [{"field": "age", "op": "gte", "value": 18}]}
BORROWERS = {"all": [{"field": "loans_count", "op": "gte", "value": 1}]}


def test_a_segment_is_built_rule_by_rule_and_saved(zottegem: Library, noor: Contact, client: Client) -> None:
    client.post(pages.at(zottegem, "segments"), {"name": "Gezinnen"})
    with acting_for(zottegem.pk):
        pk = Segment.objects.get().pk
    here, step = pages.at(zottegem, "segment", pk), pages.at(zottegem, "segment-step", pk)
    client.post(f"{here}?veld=age&in=", {"op": "gte", "value": 18})
    client.post(step, {"doe": "groep", "waar": ""})
    client.post(f"{here}?veld=postal_code&in=1", {"value": "9620"})
    client.post(f"{here}?veld=branch&in=1", {"value": ["3550"]})
    client.post(step, {"doe": "keer-om", "waar": "1.1"})
    client.post(pages.at(zottegem, "segment-save", pk))

    with acting_for(zottegem.pk):
        segment = Segment.objects.get()
        assert segment.rule == {
            "all": [
                {"field": "age", "op": "gte", "value": 18},
                {
                    "any": [
                        {"field": "postal_code", "op": "in", "value": ["9620"]},
                        {"not": {"field": "branch", "op": "in", "value": ["3550"]}},
                    ]
                },
            ]
        }
        assert SegmentVersion.objects.get().made_by is not None
    assert "Postcode" in client.get(f"{here}?regel=1.0").content.decode()


def test_own_fields_are_asked_in_the_builder(zottegem: Library, client: Client) -> None:
    segment = a_segment(zottegem, {})
    with acting_for(zottegem.pk):
        a_field(label="Club"), a_field(label="Lidgeld", type="number"), a_field(label="Start", type="date")
    here = pages.at(zottegem, "segment", segment.pk)
    client.post(f"{here}?veld=own_text&in=", {"of": "club", "op": "starts", "text": "De"})
    client.post(
        f"{here}?veld=own_number&in=", {"of": "lidgeld", "op": "between", "number": "5", "most": "12,50"}
    )
    client.post(f"{here}?veld=own_day&in=", {"of": "start", "op": "last", "days": "30"})
    client.post(f"{here}?veld=own_day&in=", {"of": "start", "op": "before", "day": "2026-09-01"})
    refused = client.post(f"{here}?veld=own_number&in=", {"of": "lidgeld", "op": "gte", "number": "veel"})
    empty = client.post(f"{here}?veld=own_day&in=", {"of": "start", "op": "next"})

    with acting_for(zottegem.pk):
        assert [part["value"] for part in Segment.objects.get().shown_rule["all"]] == [
            {"of": "club", "text": "De"},
            {"of": "lidgeld", "least": "5", "most": "12.5"},
            {"of": "start", "days": 30},
            {"of": "start", "day": "2026-09-01"},
        ]
    assert (refused.status_code, empty.status_code) == (422, 422)
    assert "‘veel’ is geen getal" in refused.content.decode()
    assert 'value="12,5"' in client.get(f"{here}?regel=1").content.decode()


def test_the_last_change_is_undone(zottegem: Library, client: Client) -> None:
    segment = a_segment(zottegem, GROWN_UP)
    step = pages.at(zottegem, "segment-step", segment.pk)
    client.post(step, {"doe": "weg", "waar": "0"})
    client.post(step, {"doe": "ongedaan"})

    with acting_for(zottegem.pk):
        assert Segment.objects.get().shown_rule == GROWN_UP


def test_an_empty_segment_is_not_saved(zottegem: Library, client: Client) -> None:
    client.post(pages.at(zottegem, "segments"), {"name": "Leeg"})
    with acting_for(zottegem.pk):
        pk = Segment.objects.get().pk
    answer = client.post(pages.at(zottegem, "segment-save", pk), follow=True)

    assert "Zonder regel hoort niemand" in answer.content.decode()


def test_a_name_is_taken_once(zottegem: Library, client: Client) -> None:
    a_segment(zottegem, GROWN_UP)

    answer = client.post(pages.at(zottegem, "segments"), {"name": "Volwassenen"})

    assert answer.status_code == 422


def test_a_ready_made_segment_is_taken_over(zottegem: Library, client: Client) -> None:
    client.post(pages.at(zottegem, "segment-take-over"), {"welke": "over_65"})

    with acting_for(zottegem.pk):
        assert Segment.objects.get().rule == {"all": [{"field": "age", "op": "gte", "value": 65}]}
    assert "65-plussers" in client.get(pages.at(zottegem, "segments")).content.decode()


def test_a_loop_is_refused_by_name(zottegem: Library, client: Client) -> None:
    first = a_segment(zottegem, GROWN_UP)
    second = a_segment(
        zottegem, {"all": [{"field": "segment", "op": "is", "value": first.pk}]}, name="Lezers"
    )
    here = pages.at(zottegem, "segment", first.pk)

    answer = client.post(f"{here}?veld=segment&in=", {"value": str(second.pk)})

    assert "‘Volwassenen’ → ‘Lezers’ → ‘Volwassenen’" in answer.content.decode()


def test_the_bridge_tells_what_a_data_use_costs(zottegem: Library, noor: Contact, client: Client) -> None:
    segment = a_segment(zottegem, {"not": BORROWERS})

    text = client.get(pages.at(zottegem, "segment-reach", segment.pk)).content.decode()

    assert "1 mens laat" in text


def test_the_bridge_shows_who_is_kept_from_mail(zottegem: Library, noor: Contact, client: Client) -> None:
    segment = a_segment(zottegem, GROWN_UP)
    with acting_for(zottegem.pk):
        paused, dead = (factories.a_reader(date_of_birth=noor.date_of_birth) for _ in range(2))
        MailPreference.objects.create(
            contact=paused, paused_until=factories.TODAY + timedelta(days=9), changed_at=NOON
        )
        assert dead.recipient_hash is not None
        stops.stop_addresses([stops.dead_address(dead.recipient_hash, NOON)], source="esp")

        assert people.reach(segment.rule, topic="", at=NOON)[3:] == (3, [], [2, 2, 1])
    text = client.get(pages.at(zottegem, "segment-reach", segment.pk)).content.decode()

    assert "pauzeren niet" in text
    assert "van 3 mensen" in text


def test_why_answers_every_rule(zottegem: Library, noor: Contact, client: Client) -> None:
    segment = a_segment(zottegem, {"all": [*GROWN_UP["all"], *BORROWERS["all"]]})
    address = pages.at(zottegem, "segment-why", segment.pk, noor.pk)
    before = client.get(address).content.decode()
    with acting_for(zottegem.pk):
        factories.a_consent(noor, subject=Subject.DATA_USE, code="use_loan_history")
    after = client.get(address).content.decode()

    assert "gegevens niet vrijgegeven" in before
    assert "gegevens niet vrijgegeven" not in after
    assert "hoort niet bij deze doelgroep" in after


def test_looking_at_people_is_audited(zottegem: Library, noor: Contact, client: Client) -> None:
    segment = a_segment(zottegem, GROWN_UP)

    text = client.get(pages.at(zottegem, "segment-people", segment.pk)).content.decode()

    assert "Noor Lemmens" in text
    with acting_for(zottegem.pk):
        assert AuditEntry.objects.get(act="segment.people_viewed").detail["people"] == 1


def test_the_figures_name_nobody_and_no_small_group(zottegem: Library, noor: Contact, client: Client) -> None:
    segment = a_segment(zottegem, GROWN_UP)

    text = client.get(pages.at(zottegem, "segment-figures", segment.pk)).content.decode()

    assert "Noor" not in text
    assert "Iedereen;;minder dan 5" in text


def test_a_used_segment_stays(zottegem: Library, client: Client) -> None:
    first = a_segment(zottegem, GROWN_UP)
    a_segment(zottegem, {"all": [{"field": "segment", "op": "is", "value": first.pk}]}, name="Lezers")
    client.post(pages.at(zottegem, "segment-archive", first.pk))

    with acting_for(zottegem.pk):
        assert Segment.objects.in_use().count() == 2


def test_an_older_version_is_restored(zottegem: Library, client: Client) -> None:
    segment = a_segment(zottegem, BORROWERS)
    with acting_for(zottegem.pk):
        SegmentVersion.objects.create(segment=segment, number=1, rule=GROWN_UP, made_at=NOON)
    client.post(pages.at(zottegem, "segment-versions", segment.pk), {"versie": "1"})

    with acting_for(zottegem.pk):
        assert Segment.objects.get().rule == GROWN_UP
        assert SegmentVersion.objects.count() == 2


def test_a_segment_gets_another_name(zottegem: Library, client: Client) -> None:
    segment = a_segment(zottegem, GROWN_UP)
    a_segment(zottegem, GROWN_UP, name="Lezers")
    address = pages.at(zottegem, "segment-rename", segment.pk)
    taken = client.post(address, {"name": "Lezers"})
    client.post(address, {"name": "18-plussers"})

    assert taken.status_code == 422
    assert "Er is al een doelgroep met deze naam" in taken.content.decode()
    with acting_for(zottegem.pk):
        assert Segment.objects.get(pk=segment.pk).name == "18-plussers"
        assert AuditEntry.objects.get(act="segment.renamed").detail["number"] == segment.pk


ALL_PAGES = (
    "segment",
    "segment-reach",
    "segment-people",
    "segment-versions",
    "segment-compare",
    "segment-archive",
    "segment-rename",
)


@pytest.mark.parametrize("name", ALL_PAGES)
def test_every_page_works_and_asks_little(
    zottegem: Library, noor: Contact, client: Client, name: str
) -> None:
    leaves = [
        {"field": "wants_topic", "op": "in", "value": ["newsletter"]},
        {"field": "branch", "op": "in", "value": ["3550"]},
        *BORROWERS["all"],
    ]
    segment, other = a_segment(zottegem, {"any": leaves}), a_segment(zottegem, GROWN_UP, name="Anderen")
    address = pages.at(zottegem, name, segment.pk)
    with pages.at_most(12):
        answer = client.get(f"{address}?met={other.pk}" if name == "segment-compare" else address)

    assert answer.status_code == 200


def test_the_list_asks_little(zottegem: Library, noor: Contact, client: Client) -> None:
    first = a_segment(zottegem, GROWN_UP)
    a_segment(zottegem, {"all": [{"field": "segment", "op": "is", "value": first.pk}]}, name="Lezers")
    with pages.at_most(12):
        client.get(pages.at(zottegem, "segments"))


@pytest.mark.parametrize("name", ["segments", *ALL_PAGES, "segment-figures"])
def test_a_reader_and_a_stranger_see_nothing(zottegem: Library, aalst: Library, name: str) -> None:
    segment = a_segment(zottegem, GROWN_UP)
    address = pages.at(zottegem, name, *([] if name == "segments" else [segment.pk]))

    assert pages.reader(zottegem).get(address).status_code == 403
    assert pages.editor(aalst).get(address).status_code == 404
