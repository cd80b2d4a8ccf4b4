"""The ESP's ledger beside ours after a play: what is missing, what went twice, what should not have gone.

The ledger is the oracle, not our own tables (reliability 2): it cannot be changed, and it knows nothing of us but
the words we sent.
"""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from bibmail.sandbox.esp.book import Book
from bibmail.sandbox.esp.records import Mail
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.models import Message
from members.identity import recipient_hash
from members.models.contact import AGE_OF_OWN_MAIL, years_before

# One row a mail that we say the ESP has, or may have.
_OURS = """
    SELECT g.public_id::text, g.state, g.recipient_hash::text, r.date_of_birth, g.submitted_at,
           k.closed_at, g.topic, m.message_class, m.legal_basis,
           (SELECT min(other.unsubscribed_at) FROM campaigns_message AS other
             WHERE other.recipient_id = g.recipient_id AND other.topic = g.topic AND g.topic <> '')
      FROM campaigns_message AS g
      JOIN campaigns_mailing AS m ON m.id = g.mailing_id
      LEFT JOIN members_contact AS r ON r.id = g.recipient_id
      LEFT JOIN consent_consent AS k ON k.id = g.consent_id
     WHERE g.submitted_at IS NOT NULL
"""

_STATES = "SELECT state, count(*) FROM campaigns_message GROUP BY state"

_UNBALANCED = """
    SELECT m.id
      FROM campaigns_mailing AS m
      JOIN campaigns_message AS g ON g.mailing_id = m.id
     GROUP BY m.id
    HAVING count(*) <> count(*) FILTER (WHERE g.state IN ('queued', 'claimed', 'submitting', 'accepted', 'unknown',
                                                          'failed', 'skipped', 'cancelled', 'expired'))
        OR count(*) FILTER (WHERE g.state IN ('failed', 'skipped', 'cancelled', 'expired') AND g.reason = '') > 0
"""

# Whoever met the start fell off the bridge somewhere, or entered; whoever entered is on the way or has left.
_OPEN_BRIDGES = """
    SELECT j.code
      FROM journeys_journey AS j
      LEFT JOIN (SELECT journey_id,
                        sum(people_count) FILTER (WHERE figure = 'met')      AS met,
                        sum(people_count) FILTER (WHERE figure = 'entered')  AS entered,
                        sum(people_count) FILTER (WHERE figure <> 'met')     AS parts
                   FROM journeys_journeytally GROUP BY journey_id) AS t ON t.journey_id = j.id
      LEFT JOIN (SELECT journey_id, count(*) AS entries FROM journeys_journeyentry GROUP BY journey_id) AS e
             ON e.journey_id = j.id
     WHERE coalesce(t.met, 0) <> coalesce(t.parts, 0) OR coalesce(t.entered, 0) <> coalesce(e.entries, 0)
"""

# A step that put a mail ready has that mail; two siblings share one.
_STEPS_WITHOUT_MAIL = """
    SELECT count(*)
      FROM journeys_stepevent AS s
     WHERE s.kind = 'sent'
       AND NOT EXISTS (SELECT FROM journeys_messagecause AS b
                         JOIN campaigns_message AS g ON g.id = b.message_id
                         JOIN campaigns_mailing AS m ON m.id = g.mailing_id AND m.step_key = s.step_key
                        WHERE b.entry_id = s.entry_id)
"""


class Finding(NamedTuple):
    """One check: what must be nothing, and what was found."""

    what: str
    found: list[str]


class Audited(NamedTuple):
    """All checks, and the mails of which we do not know whether they left."""

    findings: list[Finding]
    mails_in_ledger: int
    unknown: list[str]
    unknown_in_ledger: list[str]

    @property
    def is_clean(self) -> bool:
        return not any(finding.found for finding in self.findings)


def audit(esp_folder: Path) -> Audited:
    """Hold every mail of the ledger against our rows, and every row of ours against the ledger."""
    book = list(Book(esp_folder).mails())
    times = Counter(mail.m for mail in book)
    ours: dict[str, tuple[int, dict[str, Any]]] = {}
    found: dict[str, list[str]] = {"balance": [], "bridge": [], "step": []}
    for library in Library.objects.order_by("pk"):
        with acting_for(library.pk), connection.cursor() as cursor:
            cursor.execute(_OURS)
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                fields = dict(zip([*names[:-1], "unsubscribed_at"], row, strict=True))
                ours[fields["public_id"]] = (library.pk, fields)
            cursor.execute(_UNBALANCED)
            found["balance"] += [f"{library.slug} mailing {row[0]}" for row in cursor.fetchall()]
            cursor.execute(_OPEN_BRIDGES)
            found["bridge"] += [f"{library.slug} {row[0]}" for row in cursor.fetchall()]
            cursor.execute(_STEPS_WITHOUT_MAIL)
            found["step"] += [library.slug] * cursor.fetchone()[0]
    states = Message.State
    accepted = [m for m, (_library, row) in ours.items() if row["state"] == states.ACCEPTED]
    unknown = [m for m, (_library, row) in ours.items() if row["state"] == states.UNKNOWN]
    not_sent = {m for m, (_l, row) in ours.items() if row["state"] not in {states.ACCEPTED, states.UNKNOWN}}
    findings = [
        Finding("missing at the provider", [m for m in accepted if not times[m]]),
        Finding("twice at the provider", [m for m, count in times.items() if count > 1]),
        Finding(
            "at the provider, and we do not know of it", [m for m in times if m not in ours or m in not_sent]
        ),
        Finding("after a withdrawal", [m for m in times if m in ours and _after_withdrawal(ours[m][1])]),
        Finding("to somebody under thirteen", [m for m in times if m in ours and _under_age(ours[m][1])]),
        Finding(
            "from a library to another's people",
            [mail.m for mail in book if mail.m in ours and not _is_ours(mail, *ours[mail.m])],
        ),
        Finding("balances that do not close", found["balance"]),
        Finding("bridges whose parts do not add up", found["bridge"]),
        Finding("steps that promised a mail and have none", found["step"]),
    ]
    return Audited(findings, len(book), unknown, [m for m in unknown if times[m]])


def _is_ours(mail: Mail, library_id: int, row: dict[str, Any]) -> bool:
    """It came from the library whose row it is, to the address that this library's person had at that moment."""
    pepper = settings.RECIPIENT_PEPPER.encode()
    hashed = str(UUID(recipient_hash(mail.email.lower(), pepper)))
    return mail.l == library_id and row["recipient_hash"] == hashed


def _after_withdrawal(row: dict[str, Any]) -> bool:
    """The consent that carried it was closed, or its topic unsubscribed, before it was submitted."""
    submitted = row["submitted_at"]
    moments = [row["closed_at"], row["unsubscribed_at"]]
    return any(moment is not None and moment < submitted - timedelta(0) for moment in moments)


def _under_age(row: dict[str, Any]) -> bool:
    born = row["date_of_birth"]
    return born is not None and born > years_before(row["submitted_at"].date(), AGE_OF_OWN_MAIL)
