"""Are these two the same person? The five rules of identity resolution, as a pure function of two rows.

People are never joined on an address alone: families share one. What speaks against it (two dates of birth, two
first names on a shared address) turns certainty into a question for a colleague.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

# Twins share an address and a birthday; who is younger than this is on the address of a parent.
_OF_AGE = 18


class Verdict(StrEnum):
    """What we make of two rows."""

    SAME = "same"
    ASK = "ask"
    SAME_RECIPIENT = "same_recipient"
    TWO = "two"


class Rule(StrEnum):
    """What they have in common; strongest first."""

    NUMBER = "number"
    CARD = "card"
    PROFILE = "profile"
    ADDRESS_AND_BIRTH = "address_and_birth"
    ADDRESS_AND_NAME = "address_and_name"
    ADDRESS = "address"
    NOTHING = "nothing"


class Traits(NamedTuple):
    """What is compared. Texts are folded and empty where unknown."""

    library_id: int = 1
    external_id: str = ""
    card_number: str = ""
    # The Mijn Bibliotheek profile that is this person's own; not one they are linked to as a child.
    own_profile: str = ""
    email_norm: str = ""
    date_of_birth: date | None = None
    first_name: str = ""
    last_name: str = ""
    is_person: bool = True


class Judgement(NamedTuple):
    """The verdict and the rule it rests on."""

    verdict: Verdict
    rule: Rule


def is_derived(external_id: str) -> bool:
    """A number we made ourselves for somebody the library system does not know: `visitor:…`, `profile:…`."""
    return ":" in external_id


def judge(one: Traits, other: Traits, *, on: date) -> Judgement:
    """What the rules say of these two on this day. Symmetric; knows nothing of what somebody said before."""
    rule = _common(one, other)
    if one.library_id != other.library_id:
        # Each library has its own record of a person; only the address is compared, as a hash (caps).
        return Judgement(
            Verdict.SAME_RECIPIENT if _same(one.email_norm, other.email_norm) else Verdict.TWO, rule
        )
    if not (one.is_person and other.is_person):
        return Judgement(Verdict.TWO, rule)
    if rule is Rule.NUMBER:
        return Judgement(Verdict.SAME, rule)
    if rule in {Rule.CARD, Rule.PROFILE}:
        # A card that was passed on, a profile that a partner uses.
        return Judgement(Verdict.ASK if _born_apart(one, other) else Verdict.SAME, rule)
    if rule is Rule.ADDRESS_AND_BIRTH:
        return Judgement(_of_one_birthday(one, other, on=on), rule)
    if rule is Rule.ADDRESS_AND_NAME:
        return Judgement(Verdict.ASK, rule)
    if rule is Rule.ADDRESS:
        return Judgement(Verdict.SAME_RECIPIENT, rule)
    return Judgement(Verdict.TWO, rule)


def _common(one: Traits, other: Traits) -> Rule:
    if one.library_id == other.library_id:
        if _same(one.external_id, other.external_id):
            return Rule.NUMBER
        if _same(one.card_number, other.card_number):
            return Rule.CARD
        if _same(one.own_profile, other.own_profile):
            return Rule.PROFILE
    if not _same(one.email_norm, other.email_norm):
        return Rule.NOTHING
    if one.date_of_birth and one.date_of_birth == other.date_of_birth:
        return Rule.ADDRESS_AND_BIRTH
    if _same_name(one, other) and not _born_apart(one, other):
        return Rule.ADDRESS_AND_NAME
    return Rule.ADDRESS


def _of_one_birthday(one: Traits, other: Traits, *, on: date) -> Verdict:
    """The same address and birthday: the same person, unless the first names tell of twins."""
    if not one.first_name or not other.first_name or one.first_name == other.first_name:
        return Verdict.SAME
    born = one.date_of_birth
    is_minor = (
        born is not None and (on.year - born.year - ((on.month, on.day) < (born.month, born.day))) < _OF_AGE
    )
    return Verdict.SAME_RECIPIENT if is_minor else Verdict.ASK


def _same(one: str, other: str) -> bool:
    return one == other != ""


def _same_name(one: Traits, other: Traits) -> bool:
    return _same(one.first_name, other.first_name) and _same(one.last_name, other.last_name)


def _born_apart(one: Traits, other: Traits) -> bool:
    return None not in (one.date_of_birth, other.date_of_birth) and one.date_of_birth != other.date_of_birth
