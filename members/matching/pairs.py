"""The pairs of a library that may be one person, for a colleague to look at."""

from datetime import date
from typing import Any, NamedTuple

from django.db import connection

from members.matching.rules import Judgement, Traits, Verdict, judge

# Only what a rule can say more of than "the same address": those are millions of siblings and parents.
# An address or a card that many have is a school's or a default of some tool, no person's.
_PAIRS = """
    WITH profiles AS (
        SELECT l.contact_id, min(h.profile_id) AS profile_id
          FROM members_householdmember AS l
          JOIN members_household       AS h ON h.id = l.household_id
         WHERE l.is_self AND l.unlinked_on IS NULL
         GROUP BY l.contact_id
    ),
    people AS (
        SELECT c.id, coalesce(c.external_id, '') AS external_id, coalesce(m.card_number, '') AS card_number,
               coalesce(p.profile_id, '') AS own_profile, c.email_norm, c.date_of_birth,
               c.first_name_folded, c.last_name_folded
          FROM members_contact AS c
          LEFT JOIN members_membership AS m ON m.contact_id = c.id
          LEFT JOIN profiles           AS p ON p.contact_id = c.id
         WHERE c.kind = 'person' AND {among}
    ),
    found AS (
        SELECT a.id AS first_id, b.id AS second_id
          FROM people AS a JOIN people AS b ON b.card_number = a.card_number AND b.id > a.id
         WHERE a.card_number <> ''
         UNION
        SELECT a.id, b.id
          FROM people AS a JOIN people AS b ON b.own_profile = a.own_profile AND b.id > a.id
         WHERE a.own_profile <> ''
         UNION
        SELECT a.id, b.id
          FROM people AS a
          JOIN people AS b ON b.email_norm = a.email_norm AND b.date_of_birth = a.date_of_birth AND b.id > a.id
         WHERE a.email_norm <> ''
         UNION
        SELECT a.id, b.id
          FROM people AS a
          JOIN people AS b ON b.email_norm = a.email_norm AND b.first_name_folded = a.first_name_folded
                          AND b.last_name_folded = a.last_name_folded AND b.id > a.id
         WHERE a.email_norm <> '' AND (a.date_of_birth IS NULL OR b.date_of_birth IS NULL)
    )
    SELECT a.id, a.external_id, a.card_number, a.own_profile, a.email_norm, a.date_of_birth,
           a.first_name_folded, a.last_name_folded,
           b.id, b.external_id, b.card_number, b.own_profile, b.email_norm, b.date_of_birth,
           b.first_name_folded, b.last_name_folded
      FROM found AS f
      JOIN people AS a ON a.id = f.first_id
      JOIN people AS b ON b.id = f.second_id
     WHERE NOT EXISTS (SELECT FROM members_notsameperson AS n
                        WHERE n.first_id = f.first_id AND n.second_id = f.second_id)
     ORDER BY a.id, b.id
     LIMIT %(most)s
"""

# Most people share nothing, and the indexes of addresses and cards say so without a look at the people.
_SHARING = """c.id IN (
        SELECT o.id
          FROM (SELECT email_norm FROM members_contact
                 WHERE email_norm <> '' GROUP BY email_norm HAVING count(*) > 1) AS shared
          JOIN members_contact AS o ON o.email_norm = shared.email_norm
         UNION
        SELECT o.contact_id
          FROM (SELECT card_number FROM members_membership
                 WHERE card_number <> '' GROUP BY card_number HAVING count(*) > 1) AS shared
          JOIN members_membership AS o ON o.card_number = shared.card_number
         UNION
        SELECT contact_id
          FROM profiles
         WHERE profile_id IN (SELECT profile_id FROM profiles GROUP BY profile_id HAVING count(*) > 1))"""

MOST_PAIRS = 2_000


class Pair(NamedTuple):
    """Two contacts, the lower id first, and what the rules make of them."""

    first_id: int
    second_id: int
    judgement: Judgement

    @property
    def is_certain(self) -> bool:
        return self.judgement.verdict is Verdict.SAME


def to_look_at(*, on: date, contact_id: int | None = None) -> list[Pair]:
    """Pairs that are, or may be, one person; the certain ones first. At most MOST_PAIRS.

    With `contact_id` only the pairs of this one person. Pairs of which somebody said that they are two are left out.
    """
    params: dict[str, Any] = {"most": MOST_PAIRS, "contact_id": contact_id}
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS.format(among=_near(contact_id)), params)
        found = [_pair(row, on=on) for row in cursor.fetchall()]
    wanted = [pair for pair in found if pair.judgement.verdict in {Verdict.SAME, Verdict.ASK}]
    return sorted(wanted, key=lambda pair: (not pair.is_certain, pair.first_id, pair.second_id))


def _near(contact_id: int | None) -> str:
    """Whoever shares anything with anybody, or with one person: look-ups by index."""
    if contact_id is None:
        return _SHARING
    return """c.id IN (
        SELECT %(contact_id)s
         UNION SELECT o.id FROM members_contact AS own JOIN members_contact AS o ON o.email_norm = own.email_norm
                WHERE own.id = %(contact_id)s AND own.email_norm <> ''
         UNION SELECT o.contact_id FROM members_membership AS own
                 JOIN members_membership AS o ON o.card_number = own.card_number
                WHERE own.contact_id = %(contact_id)s AND own.card_number <> ''
         UNION SELECT o.contact_id FROM members_householdmember AS own
                 JOIN members_householdmember AS o ON o.household_id = own.household_id
                WHERE own.contact_id = %(contact_id)s)"""


def _pair(row: tuple[Any, ...], *, on: date) -> Pair:
    one, other = row[:8], row[8:]
    return Pair(one[0], other[0], judge(_traits(one), _traits(other), on=on))


def _traits(row: tuple[Any, ...]) -> Traits:
    _id, external_id, card, profile, email, born, first, last = row
    return Traits(
        external_id=external_id, card_number=card, own_profile=profile, email_norm=email, date_of_birth=born,
        first_name=first, last_name=last,
    )  # fmt: skip
