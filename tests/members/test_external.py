"""Codes from outside, visits by the day, and what lies ready to be collected."""

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.models import (
    Activity,
    ContactChange,
    DailyVisits,
    ExternalSegment,
    ExternalSegmentCode,
    ImportRun,
)
from tests.members.delivery import Deliver
from tests.members.test_imports import refusals

pytestmark = pytest.mark.django_db

PEOPLE = """externalId;lastName;postalCode
1;Maes;9620
2;Claes;9620
3;Peeters;9300
"""
SEGMENTS = """memberExternalId;postalCode;scheme;code;label
;9620;buurten;A;Centrum
1;;buurten;B;Rand
9;;buurten;B;Rand
;1000;buurten;A;Centrum
;;buurten;A;Centrum
"""


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.new_count, run.changed_count, run.unchanged_count, run.refused_count


def codes(library: Library) -> list[tuple[str, str]]:
    with acting_for(library.pk):
        found = ExternalSegment.objects.order_by("contact__external_id")
        return [(str(one.contact.external_id), one.code) for one in found.select_related("contact")]


def test_a_person_s_own_code_goes_before_that_of_their_place(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=PEOPLE)

    run = bring(sink="external_segments", content=SEGMENTS)

    assert counts(run) == (2, 0, 0, 3)
    assert codes(zottegem) == [("1", "B"), ("2", "A")]
    assert [code for _line, code, _value in refusals(run)] == ["unknown_member", "nobody_there", "missing"]
    with acting_for(zottegem.pk):
        assert dict(ExternalSegmentCode.objects.values_list("code", "label")) == {"A": "Centrum", "B": "Rand"}


def test_the_same_codes_again_change_nothing_and_another_code_is_news(
    bring: Deliver, zottegem: Library
) -> None:
    bring(sink="members", content=PEOPLE)
    bring(sink="external_segments", content=SEGMENTS)
    with acting_for(zottegem.pk):
        ContactChange.objects.all().delete()

    again = bring(sink="external_segments", content=SEGMENTS)
    other = bring(sink="external_segments", content=SEGMENTS.replace("1;;buurten;B", "1;;buurten;C"))

    assert (counts(again), counts(other)) == ((0, 0, 2, 3), (0, 1, 1, 3))
    with acting_for(zottegem.pk):
        assert [change.contact.external_id for change in ContactChange.objects.all()] == ["1"]


def test_visits_are_kept_per_branch_and_day_or_hour(bring: Deliver, zottegem: Library) -> None:
    content = "branchId;date;hour;visits;method\n3550;02/02/2026;;412;geteld\n3550;02/02/2026;14;80;geraamd\n"

    run = bring(
        sink="visits_daily",
        content=content + "3550;02/02/2026;24;1;\n9999;02/02/2026;;1;\n3550;03/02/2026;;-4;\n",
    )
    again = bring(sink="visits_daily", content=content.replace("412", "413"))

    assert (counts(run), counts(again)) == ((2, 0, 0, 3), (0, 1, 1, 0))
    assert sorted(code for _line, code, _value in refusals(run)) == ["bad_hour", "negative", "unknown_branch"]
    with acting_for(zottegem.pk):
        assert list(DailyVisits.objects.order_by("hour").values_list("hour", "visits_count", "method")) == [
            (-1, 413, "counted"),
            (14, 80, "estimated"),
        ]


def test_of_holds_only_what_lies_ready_is_kept(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=PEOPLE)
    content = (
        "holdId;memberExternalId;title;branchId;status;availableOn\n"
        "H1;1;Wolf;3550;AVAILABLE;01/08/2026\nH2;1;Otje;3550;QUEUED;\n"
    )

    run = bring(sink="holds", content=content)
    collected = bring(sink="holds", content=content.replace("AVAILABLE", "LOANED"))

    assert (counts(run), counts(collected)) == ((1, 0, 0, 1), (0, 1, 0, 1))
    with acting_for(zottegem.pk):
        hold = Activity.objects.get(kind="hold_ready")
    assert (hold.subject_name, hold.status, hold.source_id) == ("Wolf", "collected", "H1")
