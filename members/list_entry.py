"""Numbers and addresses that a colleague pastes, looked up all at once; what fits nobody is told with its mend."""

import re
from dataclasses import dataclass, field

from django.db import connection
from django.utils.translation import gettext as _

from members.identity import NoAddress, normalised_email

MOST = 2_000

_FIND = """
    SELECT p.words, c.id
      FROM unnest(%(words)s::text[]) AS p (words)
      JOIN members_contact AS c ON c.external_id = p.words AND c.kind = 'person'
     UNION
    SELECT p.words, m.contact_id
      FROM unnest(%(words)s::text[]) AS p (words)
      JOIN members_membership AS m ON m.card_number = p.words
      JOIN members_contact AS c ON c.id = m.contact_id AND c.kind = 'person'
     UNION
    SELECT a.words, c.id
      FROM unnest(%(emails)s::text[]) AS a (words)
      JOIN members_contact AS c ON c.email_norm = a.words AND c.kind = 'person'
"""


@dataclass(frozen=True)
class Bad:
    """A line that could not be placed, and what to do about it."""

    words: str
    mend: str


@dataclass
class Read:
    """Whom the pasted lines mean, and what was wrong with the others."""

    contact_ids: list[int] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


def read(pasted: str) -> Read:
    """Each line, or piece between semicolons or commas, is a number, a card or an address of one person."""
    pieces = list(dict.fromkeys(piece.strip() for piece in re.split(r"[\n\r;,\t]+", pasted) if piece.strip()))
    too_many = _("Dit is te veel in één keer. Plak hoogstens 2.000 regels.")
    found = Read(bad=[Bad(one, too_many) for one in pieces[MOST : MOST + 1]])
    words: list[str] = []
    emails: dict[str, str] = {}
    for piece in pieces[:MOST]:
        if "@" not in piece:
            words.append(piece)
            continue
        try:
            emails[normalised_email(piece)] = piece
        except NoAddress:
            found.bad.append(Bad(piece, _("Dit is geen e-mailadres. Kijk de schrijfwijze na.")))
    meant: dict[str, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"words": words, "emails": list(emails)})
        for key, contact_id in cursor.fetchall():
            meant.setdefault(key, set()).add(contact_id)
    for key in (*words, *emails):
        _place(found, emails.get(key, key), meant.get(key, set()))
    return found


def _place(found: Read, words: str, ids: set[int]) -> None:
    if len(ids) == 1:
        found.contact_ids.extend(ids - set(found.contact_ids))
    elif ids:
        found.bad.append(
            Bad(words, _("Meer mensen hebben dit. Zoek de persoon op naam, of gebruik het lidnummer."))
        )
    else:
        found.bad.append(
            Bad(words, _("Niemand bij jullie heeft dit. Kijk het na, of laad de persoon eerst in."))
        )
