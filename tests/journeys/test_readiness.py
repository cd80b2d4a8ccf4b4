"""What stands between a recipe and its first mail."""

from datetime import date, datetime, time
from typing import Any

import pytest

from bibmail.tenancy.models import Library
from campaigns.models import SendingSettings
from journeys import adopted, readiness, recipes
from journeys.definition import Definition
from tests.journeys.play import moment

MONDAY = date(2026, 11, 2)


def definition(code: str, **settings: Any) -> Definition:
    recipe = recipes.get(code)
    return adopted.with_settings(recipe, recipes.defaults(recipe) | settings)


def first_mail(code: str, at: datetime, exams: datetime | None = None, **settings: Any) -> datetime | None:
    return readiness.first_mail(definition(code, **settings), SendingSettings(), exams, at=at)


def test_a_journey_that_begins_with_a_mail_sends_it_in_the_next_window(library: Library) -> None:
    assert first_mail("welcome", moment(MONDAY, time(6))) == moment(MONDAY, time(8))
    assert first_mail("welcome", moment(MONDAY, time(21))) == moment(date(2026, 11, 3), time(8))


def test_the_waits_before_the_first_mail_are_counted(library: Library) -> None:
    at = moment(MONDAY, time(12))

    assert first_mail("welcome", at, wise_welcome_mail_on=True) == moment(date(2026, 11, 3), time(8))
    assert first_mail("ebook_looked_not_borrowed", at) == moment(date(2026, 11, 4), time(8))


def test_after_the_exams_is_the_day_after_their_last_day_at_nine(library: Library) -> None:
    exams = moment(date(2026, 12, 16), time(0))

    assert first_mail("after_exams", moment(MONDAY), exams) == moment(date(2026, 12, 17), time(9))
    assert first_mail("after_exams", moment(MONDAY), None) is None


def test_a_service_that_is_missing_is_named_with_its_mend() -> None:
    [need] = readiness.needs(definition("ebook_looked_not_borrowed"), [], None)

    assert need.title == "Je bib heeft nog geen e-boeken."
    assert need.page == "services"
    assert readiness.needs(definition("ebook_looked_not_borrowed"), ["ebooks"], None) == []


@pytest.mark.parametrize("services", [["ebooks"], ["cinebib"], ["ebooks", "cinebib"]])
def test_one_service_is_enough_where_there_is_a_mail_for_it(services: list[str]) -> None:
    assert readiness.needs(definition("after_exams"), services, moment(MONDAY)) == []


def test_without_exams_to_wait_for_nobody_gets_anything() -> None:
    [need] = readiness.needs(definition("after_exams"), ["ebooks"], None)

    assert need.title == "Er is geen examenperiode ingesteld."


def test_only_a_journey_that_waits_for_exams_looks_them_up(library: Library) -> None:
    assert readiness.next_exams(definition("welcome"), at=moment(MONDAY)) is None
    assert readiness.next_exams(definition("after_exams"), at=moment(MONDAY)) is not None
