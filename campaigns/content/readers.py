"""Who reads a mail, and all that content may know of them. A batch takes seven queries, whatever its size."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from campaigns.content import ages, genres, queries
from campaigns.content.queries import Borrowed, Person
from consent.models import Subject
from members.models import Contact

HISTORY, CHILDREN = "use_loan_history", "use_linked_children"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """One reader of one mail. What needs a data use is empty for who did not grant it (invariant 6)."""

    # Who is mailed.
    recipient_id: int
    first_name: str = ""
    language: str = "nl"
    age: int | None = None
    # Whom it is about: the same person, or a child below 13 of this adult.
    contact_id: int
    contact_age: int | None = None
    branch_id: int | None = None
    card_number: str = ""
    membership_type: str = ""
    enrolled_on: date | None = None
    expires_on: date | None = None
    has_internet_block: bool = False
    # What was agreed to: (subject, code) -> since when.
    consents: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    # With use_linked_children.
    children_ages: tuple[int, ...] = ()
    # With use_loan_history, and a library system that keeps it.
    favourite_genres: tuple[str, ...] = ()
    borrowed: frozenset[int] = frozenset()
    # About this message.
    facts: Mapping[str, Any] = field(default_factory=dict)
    topic: str = ""
    is_first_mail: bool = False
    message_class: str = ""
    # Rules of blocks that select this reader, as `conditions.name`.
    rules: frozenset[str] = frozenset()

    @property
    def is_youth(self) -> bool:
        """13 to 17: their mail has nothing personal in it (law L-08)."""
        return self.age in ages.YOUTH_MAIL

    @property
    def is_about_another(self) -> bool:
        return self.contact_id != self.recipient_id

    @property
    def child_bands(self) -> tuple[str, ...]:
        return tuple(self.facts.get("child_bands") or ())

    def allows(self, data_use: str) -> bool:
        return (Subject.DATA_USE, data_use) in self.consents


def of_messages(
    message_ids: Sequence[int], *, at: datetime, rules: Mapping[str, Any] | None = None
) -> dict[int, Reader]:
    """The reader of each message that has one, by message id; `rules` by name."""
    rows = [row for row in queries.written(message_ids) if row.recipient_id is not None]
    asked = [
        _Asked(
            contact_id=row.contact_id or row.recipient_id,
            recipient_id=row.recipient_id,
            facts=row.facts or {},
            topic=row.topic,
            message_class=row.message_class,
            message_id=row.message_id,
        )
        for row in rows
        if row.recipient_id is not None
    ]
    found = _readers(asked, at=at, rules=rules or {})
    return {
        one.message_id: reader for one, reader in zip(asked, found, strict=True) if reader and one.message_id
    }


def of_people(
    contact: Contact,
    recipient: Contact,
    *,
    at: datetime,
    facts: Mapping[str, Any],
    message_class: str,
    rules: Mapping[str, Any] | None = None,
) -> Reader:
    """A reader for a look at what this person would get."""
    asked = _Asked(
        contact_id=contact.pk,
        recipient_id=recipient.pk,
        facts=facts,
        topic="",
        message_class=message_class,
        message_id=None,
    )
    (reader,) = _readers([asked], at=at, rules=rules or {})
    if reader is None:
        raise Contact.DoesNotExist
    return reader


@dataclass(frozen=True, kw_only=True)
class _Asked:
    contact_id: int
    recipient_id: int
    facts: Mapping[str, Any]
    topic: str
    message_class: str
    message_id: int | None


def _readers(asked: Sequence[_Asked], *, at: datetime, rules: Mapping[str, Any]) -> list[Reader | None]:
    recipients = {one.recipient_id for one in asked}
    people = queries.persons(recipients | {one.contact_id for one in asked})
    mailed = queries.mailed(recipients)
    consents: dict[int, dict[tuple[str, str], datetime]] = defaultdict(dict)
    for contact_id, subject, code, opened_at in queries.consents(recipients, at=at):
        consents[contact_id][subject, code] = opened_at
    today = timezone.localdate(at)
    children = _children(_granting(recipients, consents, CHILDREN), today)
    loans = _loans(_keeping_history(asked, people, consents), at=at)
    chosen = {name: queries.selected(rule, recipients, at=at) for name, rule in rules.items()}

    def reader(one: _Asked) -> Reader | None:
        recipient, contact = people.get(one.recipient_id), people.get(one.contact_id)
        if recipient is None or contact is None:
            return None
        first, last = mailed.get(one.recipient_id, (one.message_id, one.message_id))
        age = ages.whole_years(recipient.born_on, today)
        is_own = one.contact_id == one.recipient_id and age not in ages.YOUTH_MAIL
        genres_of, titles_of = loans.get(one.contact_id if is_own else 0, ((), frozenset()))
        return Reader(
            recipient_id=one.recipient_id,
            first_name=recipient.first_name,
            language="en" if recipient.language == "en" else "nl",
            age=age,
            contact_id=one.contact_id,
            contact_age=ages.whole_years(contact.born_on, today),
            branch_id=contact.branch_id or recipient.branch_id,
            card_number=contact.card_number,
            membership_type=contact.membership_type,
            enrolled_on=contact.enrolled_on,
            expires_on=contact.expires_on,
            has_internet_block=contact.has_internet_block,
            consents=consents[one.recipient_id],
            children_ages=children.get(one.recipient_id, ()),
            favourite_genres=genres_of,
            borrowed=titles_of,
            facts=one.facts,
            topic=one.topic,
            is_first_mail=first == last == one.message_id,
            message_class=one.message_class,
            rules=frozenset(name for name, ids in chosen.items() if one.recipient_id in ids),
        )

    return [reader(one) for one in asked]


def _granting(
    recipients: Iterable[int], consents: Mapping[int, Mapping[tuple[str, str], datetime]], data_use: str
) -> set[int]:
    return {one for one in recipients if (Subject.DATA_USE, data_use) in consents.get(one, {})}


def _keeping_history(
    asked: Iterable[_Asked],
    people: Mapping[int, Person],
    consents: Mapping[int, Mapping[tuple[str, str], datetime]],
) -> set[int]:
    """Their loans may be looked at: they said yes here, and keep their history in the library system."""
    own = {one.contact_id for one in asked if one.contact_id == one.recipient_id}
    keeping = {one for one in own if one in people and people[one].keeps_loan_history}
    return _granting(keeping, consents, HISTORY)


def _children(adults: Iterable[int], today: date) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = defaultdict(list)
    for adult, born in queries.children(adults):
        age = ages.whole_years(born, today)
        if age is not None and age < ages.YEARS[ages.ADULT][0]:
            found[adult].append(age)
    return {adult: tuple(sorted(years)) for adult, years in found.items()}


def _loans(contacts: Iterable[int], *, at: datetime) -> dict[int, tuple[tuple[str, ...], frozenset[int]]]:
    """Favourite genres, the most read first and without the sensitive ones, and all titles ever borrowed."""
    by_contact: dict[int, list[Borrowed]] = defaultdict(list)
    for row in queries.borrowed(contacts, at=at):
        by_contact[row.contact_id].append(row)
    found = {}
    for contact_id, rows in by_contact.items():
        counted = Counter(
            row.genre
            for row in rows
            if row.genre
            and not genres.is_sensitive(row.genre)
            and ages.ADULT in ages.groups_of_label(row.age_label)
        )
        # The same for the same loans, whatever order they came in.
        favourites = tuple(genre for genre, _count in sorted(counted.items(), key=lambda g: (-g[1], g[0])))
        found[contact_id] = (favourites[:3], frozenset(row.title_id for row in rows))
    return found
