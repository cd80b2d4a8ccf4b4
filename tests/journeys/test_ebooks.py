"""J2: who looked at the e-books and borrowed none."""

from datetime import time, timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import Consent
from journeys.models import JourneyEntry
from members import summary
from members.models import ActivityKind as Kind
from members.models import Contact
from tests.journeys.play import Play

Exit = JourneyEntry.Exit


@pytest.fixture
def play(zottegem: Library) -> Play:
    play = Play(zottegem)
    play.has("ebooks")
    play.switch_on("ebook_looked_not_borrowed")
    return play


def reader(play: Play, **fields: object) -> Contact:
    return play.person(wants=["digital"], uses=["use_ebook_activity"], **fields)  # type: ignore[arg-type]


def test_explanation_after_two_days_and_help_two_weeks_later(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 60))

    assert play.mails(noor) == [("ebook_explain", 2), ("ebook_digipoint", 16)]
    assert play.entry(noor).exit_reason == Exit.COMPLETED


def test_a_loan_before_the_first_mail_needs_no_explanation(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.tick(1)
    play.did(noor, Kind.EBOOK_LOAN, 1)

    play.through(range(2, 20))

    assert (play.mails(noor), play.entry(noor).exit_reason) == ([], Exit.GOAL)


def test_a_loan_that_the_files_of_the_second_morning_tell_of_is_in_time(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.tick(1)
    play.tick(2, time(0, 5))
    play.did(noor, Kind.EBOOK_LOAN, 1)

    play.tick(2, time(8, 5))

    assert (play.mails(noor), play.entry(noor).exit_reason) == ([], Exit.GOAL)


def test_a_loan_on_day_ten_ends_the_journey(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.through(range(1, 11))
    play.did(noor, Kind.EBOOK_LOAN, 10)

    play.through(range(11, 40))

    assert (play.mails(noor), play.entry(noor).exit_reason) == ([("ebook_explain", 2)], Exit.GOAL)


def test_a_loan_after_the_second_mail_is_the_goal_too(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.through(range(1, 20))
    play.did(noor, Kind.EBOOK_LOAN, 20)

    play.through(range(21, 25))

    assert (len(play.mails(noor)), play.entry(noor).exit_reason) == (2, Exit.GOAL)


def test_only_the_looker_without_a_loan_matches(play: Play) -> None:
    looked, borrowed, looked_and_borrowed, _did_nothing = (reader(play) for _ in range(4))
    play.did(borrowed, Kind.EBOOK_LOAN, -20)
    play.did(looked_and_borrowed, Kind.EBOOK_LOAN, -20)
    with acting_for(play.library.pk):
        refold()
    play.did(looked, Kind.EBOOK_LOGIN, 0)
    play.did(looked_and_borrowed, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 4))

    assert play.mails() == [("ebook_explain", 2)]
    assert play.mails(looked) == [("ebook_explain", 2)]


def test_without_the_data_use_nobody_enters_and_somebody_is_counted(play: Play) -> None:
    noor = play.person(wants=["digital"])
    play.did(noor, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 4))

    assert play.entries_count() == 0
    assert play.tally("ebook_looked_not_borrowed") == {"met": 1, "no_data_use": 1}


def test_without_consent_nobody_enters(play: Play) -> None:
    noor = play.person(uses=["use_ebook_activity"])
    play.did(noor, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 4))

    assert play.tally("ebook_looked_not_borrowed") == {"met": 1, "no_consent": 1}


@pytest.mark.parametrize(("age", "mails"), [(15, 0), (16, 1)])
def test_from_sixteen_on(play: Play, age: int, mails: int) -> None:
    noor = reader(play, age=age)
    play.did(noor, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 4))

    assert len(play.mails(noor)) == mails


def test_a_library_without_e_books_has_no_such_journey(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("ebook_looked_not_borrowed")
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)

    play.through(range(1, 4))

    assert (play.entries_count(), play.tally("ebook_looked_not_borrowed")) == (0, {})


def test_once_a_year(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.through(range(1, 50))
    play.did(noor, Kind.EBOOK_LOGIN, 300)
    play.through(range(301, 304))
    within = len(play.mails(noor))
    with acting_for(play.library.pk):
        noor.memberships.update(expires_on=play.day + timedelta(days=900))
    play.did(noor, Kind.EBOOK_LOGIN, 400)

    play.through(range(401, 404))

    assert (within, len(play.mails(noor))) == (2, 3)


def test_who_withdraws_on_the_way_leaves(play: Play) -> None:
    noor = reader(play)
    play.did(noor, Kind.EBOOK_LOGIN, 0)
    play.through(range(1, 5))
    with acting_for(play.library.pk):
        Consent.objects.filter(contact=noor, code="digital").update(
            closed_at=play.on(5), closed_source="voorkeuren"
        )
    play.note(noor)

    play.through(range(6, 40))

    assert play.mails(noor) == [("ebook_explain", 2)]
    assert play.entry(noor).exit_reason == Exit.OBJECTED


def refold() -> None:
    """The summaries of everyone, as an import leaves them."""
    summary.check()  # fills `touched` with everyone
    summary.refold()
