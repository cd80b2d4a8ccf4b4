"""What content asks of the database: a fixed number of statements, however many people a batch has."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from campaigns.models import BrandKit, Capability, LibraryTexts, Offer
from members.segments import people

_Kept = TypeVar("_Kept", bound=models.Model)


class Written(NamedTuple):
    """A message that waits to be made."""

    message_id: int
    contact_id: int | None
    recipient_id: int | None
    facts: Any
    topic: str
    message_class: str


_WRITTEN = """
    SELECT m.id, m.contact_id, m.recipient_id, m.facts, m.topic, g.message_class
      FROM campaigns_message AS m
      JOIN campaigns_mailing AS g ON g.id = m.mailing_id
     WHERE m.id = ANY(%(ids)s)
     ORDER BY m.id
"""


def written(message_ids: Sequence[int]) -> list[Written]:
    rows = _rows(_WRITTEN, {"ids": list(message_ids)})
    # A plain cursor hands over JSON as text.
    return [Written(*row)._replace(facts=json.loads(row[3])) for row in rows]


_CONTENTS = """
    SELECT DISTINCT g.id, g.content
      FROM campaigns_message AS m
      JOIN campaigns_mailing AS g ON g.id = m.mailing_id
     WHERE m.id = ANY(%(ids)s)
"""


def contents(message_ids: Sequence[int]) -> list[Any]:
    """The content of the mailings of these messages, once each."""
    return [json.loads(row[1]) for row in _rows(_CONTENTS, {"ids": list(message_ids)})]


class Person(NamedTuple):
    contact_id: int
    first_name: str
    language: str
    born_on: date | None
    branch_id: int | None
    card_number: str
    membership_type: str
    enrolled_on: date | None
    expires_on: date | None
    has_internet_block: bool
    keeps_loan_history: bool


# The reduced fare hints at income, so the type of such a membership is not shown (law L-09).
_PERSONS = """
    SELECT c.id, c.first_name, c.language, c.date_of_birth, m.home_branch_id, coalesce(m.card_number, ''),
           CASE WHEN m.is_reduced_fare THEN '' ELSE coalesce(m.membership_type, '') END,
           m.enrolled_on, m.expires_on,
           coalesce(m.has_internet_block, false), coalesce(m.keeps_loan_history, false)
      FROM members_contact AS c
      LEFT JOIN members_membership AS m ON m.contact_id = c.id
     WHERE c.id = ANY(%(ids)s)
"""


def persons(contact_ids: Iterable[int]) -> dict[int, Person]:
    rows = _rows(_PERSONS, {"ids": list(contact_ids)})
    return {row[0]: Person(*row) for row in rows}


# Whoever never got a mail from this library has to be told where their data come from (AVG, article 14).
_MAILED = """
    SELECT recipient_id, min(id), max(id)
      FROM campaigns_message
     WHERE recipient_id = ANY(%(ids)s) AND state = 'accepted'
     GROUP BY recipient_id
"""


def mailed(recipient_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """The first and the last message that reached each of them, by id."""
    return {row[0]: (row[1], row[2]) for row in _rows(_MAILED, {"ids": list(recipient_ids)})}


_CONSENTS = """
    SELECT contact_id, subject, code, opened_at
      FROM consent_consent
     WHERE contact_id = ANY(%(ids)s) AND opened_at <= %(at)s AND (closed_at IS NULL OR closed_at > %(at)s)
"""


def consents(contact_ids: Iterable[int], *, at: datetime) -> list[tuple[int, str, str, datetime]]:
    return [
        (row[0], row[1], row[2], row[3]) for row in _rows(_CONSENTS, {"ids": list(contact_ids), "at": at})
    ]


_CHILDREN = """
    SELECT own.contact_id, child.date_of_birth
      FROM members_householdmember AS own
      JOIN members_householdmember AS link ON link.household_id = own.household_id
      JOIN members_contact AS child ON child.id = link.contact_id
     WHERE own.contact_id = ANY(%(ids)s) AND own.role = 'adult' AND own.unlinked_on IS NULL
       AND link.role = 'child' AND link.unlinked_on IS NULL
"""


def children(contact_ids: Iterable[int]) -> list[tuple[int, date | None]]:
    """The days of birth of the children linked to these adults; ask it only for who lets that be used."""
    ids = list(contact_ids)
    return [(row[0], row[1]) for row in _rows(_CHILDREN, {"ids": ids})] if ids else []


class Borrowed(NamedTuple):
    contact_id: int
    title_id: int
    genre: str
    age_label: str


_BORROWED = """
    SELECT DISTINCT a.contact_id, t.id, t.genre, t.age_label
      FROM members_activity AS a
      JOIN campaigns_cataloguetitle AS t ON t.record_id = a.subject_code
     WHERE a.contact_id = ANY(%(ids)s) AND a.kind = 'loan' AND a.occurred_at <= %(at)s
"""


def borrowed(contact_ids: Iterable[int], *, at: datetime) -> list[Borrowed]:
    """What these people borrowed; ask it only for who lets that be used."""
    ids = list(contact_ids)
    return [Borrowed(*row) for row in _rows(_BORROWED, {"ids": ids, "at": at})] if ids else []


def selected(rule: Any, contact_ids: Iterable[int], *, at: datetime) -> frozenset[int]:
    """Those of these people whom a rule selects."""
    statement, params = people.select(rule, at=at)
    asked = f"SELECT contact_id FROM ({statement}) AS chosen WHERE contact_id = ANY(%(among)s)"
    return frozenset(row[0] for row in _rows(asked, params | {"among": list(contact_ids)}))


class Acquisition(NamedTuple):
    """A title, and where and since when it stands."""

    title_id: int
    branch_id: int
    name: str
    author: str
    material: str
    genre: str
    age_label: str
    added_on: date


# The newest of each branch and age: a library adds far more than a mail can show.
_ACQUISITIONS = """
    WITH placed AS (
        SELECT i.title_id, i.branch_id, i.added_on, i.id, t.name, t.author, t.material, t.genre, t.age_label,
               row_number() OVER (PARTITION BY i.branch_id, t.age_label ORDER BY i.added_on DESC, i.id) AS place
          FROM campaigns_catalogueitem AS i
          JOIN campaigns_cataloguetitle AS t ON t.id = i.title_id
         WHERE i.added_on > %(since)s AND i.added_on <= %(until)s
    )
    SELECT title_id, branch_id, name, author, material, genre, age_label, added_on
      FROM placed
     WHERE place <= 15
     ORDER BY added_on DESC, id
"""


def acquisitions(*, since: date, until: date) -> list[Acquisition]:
    return [Acquisition(*row) for row in _rows(_ACQUISITIONS, {"since": since, "until": until})]


# Titles of a genre, the newest first; those that stand here for ever are tips too.
_TIPS = """
    WITH owned AS (
        SELECT i.title_id, min(i.branch_id) AS branch_id, max(i.added_on) AS added_on
          FROM campaigns_catalogueitem AS i
         WHERE i.added_on <= %(until)s
         GROUP BY i.title_id
    ),
    placed AS (
        SELECT o.title_id, o.branch_id, o.added_on, t.name, t.author, t.material, t.genre, t.age_label,
               row_number() OVER (PARTITION BY t.genre, t.age_label, t.material
                                      ORDER BY o.added_on DESC, o.title_id) AS place
          FROM owned AS o
          JOIN campaigns_cataloguetitle AS t ON t.id = o.title_id
    )
    SELECT title_id, branch_id, name, author, material, genre, age_label, added_on
      FROM placed
     WHERE place <= 30
     ORDER BY added_on DESC, title_id
"""


def tips(*, until: date) -> list[Acquisition]:
    return [Acquisition(*row) for row in _rows(_TIPS, {"until": until})]


def _rows(statement: str, params: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def house() -> tuple[BrandKit | None, LibraryTexts | None]:
    """House style and texts of the library, None for what it never kept; a page reads both, in one statement."""
    names = f"{_columns(BrandKit)}, {_columns(LibraryTexts)}"
    found = _rows(
        f"SELECT {names} FROM (SELECT) AS one"
        " LEFT JOIN campaigns_brandkit ON true LEFT JOIN campaigns_librarytexts ON true LIMIT 1",
        {},
    )[0]
    return _kept(BrandKit, found), _kept(LibraryTexts, found[len(BrandKit._meta.concrete_fields) :])


def services() -> list[tuple[Capability, Offer]]:
    """What the library has, by service, each with its own words; an empty offer where it wrote none."""
    found = _rows(
        f"SELECT {_columns(Capability)}, {_columns(Offer)}"
        "  FROM campaigns_capability"
        "  LEFT JOIN campaigns_offer ON campaigns_offer.service = campaigns_capability.service"
        " WHERE campaigns_capability.is_active"
        " ORDER BY campaigns_capability.service, campaigns_capability.id",
        {},
    )
    begin = len(Capability._meta.concrete_fields)
    return [
        (Capability.from_db(*_named(Capability, row)), _kept(Offer, row[begin:]) or Offer()) for row in found
    ]


def _columns(model: type[models.Model]) -> str:
    table = model._meta.db_table
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


def _kept(model: type[_Kept], values: Sequence[Any]) -> _Kept | None:
    """A row that begins these values; None where the join found none, so that its key is empty."""
    return None if values[0] is None else model.from_db(*_named(model, values))


def _named(model: type[models.Model], values: Sequence[Any]) -> tuple[str, list[str], Sequence[Any]]:
    names = [field.attname for field in model._meta.concrete_fields]
    return connection.alias, names, values[: len(names)]
