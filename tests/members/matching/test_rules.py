"""Twenty-five pairs with what we make of them: the five rules of identity resolution as a table."""

from datetime import date

import pytest

from members.matching.rules import Judgement, Rule, Traits, Verdict, judge

TODAY = date(2026, 10, 6)
BORN, LATER = date(1989, 3, 12), date(1991, 7, 1)
CHILD = date(2015, 4, 12)
NOOR = Traits(
    external_id="7301234", card_number="20230001234567", email_norm="noor@example.be", date_of_birth=BORN,
    first_name="noor", last_name="lemmens",
)  # fmt: skip
BARE = Traits()
V = Verdict

PAIRS = [
    ("the same number", NOOR, NOOR._replace(email_norm="ander@example.be", card_number=""), V.SAME, Rule.NUMBER),
    ("the same number, another birthday: the source corrected it", NOOR, NOOR._replace(date_of_birth=LATER),
     V.SAME, Rule.NUMBER),
    ("the same number at another library", NOOR, NOOR._replace(library_id=2, email_norm=""), V.TWO, Rule.NOTHING),
    ("the same address at another library: one recipient, two records", NOOR, NOOR._replace(library_id=2),
     V.SAME_RECIPIENT, Rule.ADDRESS_AND_BIRTH),
    ("the same card under a new number", NOOR, NOOR._replace(external_id="7309999", email_norm=""),
     V.SAME, Rule.CARD),
    ("the same card, nothing else known", NOOR, BARE._replace(card_number=NOOR.card_number), V.SAME, Rule.CARD),
    ("a card that went to somebody born on another day", NOOR,
     NOOR._replace(external_id="7309999", date_of_birth=LATER), V.ASK, Rule.CARD),
    ("two without a card", BARE._replace(first_name="noor"), BARE._replace(first_name="noor"),
     V.TWO, Rule.NOTHING),
    ("the owner of a profile and the member who is that owner", NOOR._replace(own_profile="mb-1"),
     BARE._replace(external_id="profile:mb-1", own_profile="mb-1"), V.SAME, Rule.PROFILE),
    ("one profile, two birthdays: partners who share it", NOOR._replace(own_profile="mb-1", card_number=""),
     BARE._replace(own_profile="mb-1", date_of_birth=LATER), V.ASK, Rule.PROFILE),
    ("two profiles", NOOR._replace(own_profile="mb-1"), BARE._replace(own_profile="mb-2"), V.TWO, Rule.NOTHING),
    ("the same address and birthday, no names", NOOR,
     BARE._replace(email_norm=NOOR.email_norm, date_of_birth=BORN), V.SAME, Rule.ADDRESS_AND_BIRTH),
    ("the same address, birthday and first name, married name", NOOR,
     NOOR._replace(external_id="", card_number="", last_name="maes"), V.SAME, Rule.ADDRESS_AND_BIRTH),
    ("the same address and birthday, a nickname", NOOR,
     NOOR._replace(external_id="", card_number="", first_name="noortje"), V.ASK, Rule.ADDRESS_AND_BIRTH),
    ("twins on the address of a parent", NOOR._replace(date_of_birth=CHILD, card_number="1"),
     NOOR._replace(external_id="2", card_number="2", first_name="lotte", date_of_birth=CHILD),
     V.SAME_RECIPIENT, Rule.ADDRESS_AND_BIRTH),
    ("twins who came of age", NOOR._replace(date_of_birth=date(2008, 10, 6), card_number="1"),
     NOOR._replace(external_id="2", card_number="2", first_name="lotte", date_of_birth=date(2008, 10, 6)),
     V.ASK, Rule.ADDRESS_AND_BIRTH),
    ("a visitor with the same address and name, birthday unknown", NOOR,
     BARE._replace(external_id="visitor:1", email_norm=NOOR.email_norm, first_name="noor", last_name="lemmens"),
     V.ASK, Rule.ADDRESS_AND_NAME),
    ("father and son of one name on one address", NOOR._replace(card_number=""),
     NOOR._replace(external_id="2", card_number="", date_of_birth=date(2012, 1, 2)),
     V.SAME_RECIPIENT, Rule.ADDRESS),
    ("a parent and a child on one address", NOOR,
     BARE._replace(external_id="2", email_norm=NOOR.email_norm, first_name="lotte", date_of_birth=CHILD),
     V.SAME_RECIPIENT, Rule.ADDRESS),
    ("one address, names unknown", BARE._replace(email_norm="x@example.be"), BARE._replace(email_norm="x@example.be"),
     V.SAME_RECIPIENT, Rule.ADDRESS),
    ("one name and birthday, two addresses", NOOR._replace(card_number=""),
     NOOR._replace(external_id="2", card_number="", email_norm="n@example.be"), V.TWO, Rule.NOTHING),
    ("a number and nobody's number", NOOR._replace(email_norm="", card_number=""), BARE, V.TWO, Rule.NOTHING),
    ("a class on the card of its teacher", NOOR, NOOR._replace(external_id="2", is_person=False),
     V.TWO, Rule.CARD),
    ("card and address at odds: the card is stronger", NOOR,
     NOOR._replace(external_id="2", email_norm="oud@example.be"), V.SAME, Rule.CARD),
    ("nobody and nobody", BARE, BARE, V.TWO, Rule.NOTHING),
]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "verdict", "rule"), [pair[1:] for pair in PAIRS], ids=[p[0] for p in PAIRS]
)
def test_a_pair_is_judged_as_the_table_says(one: Traits, other: Traits, verdict: Verdict, rule: Rule) -> None:
    assert judge(one, other, on=TODAY) == Judgement(verdict, rule)
    assert judge(other, one, on=TODAY) == Judgement(verdict, rule)


def test_the_table_has_twenty_five_pairs() -> None:
    assert len(PAIRS) >= 25
