"""How long it is known who got which mail (law L-13; decision D5): persons 13 months, keys 24."""

from datetime import datetime, timedelta
from functools import partial

from django.db import connection
from django.utils.translation import gettext_lazy as _

from members import clocks, inventory
from members.clocks import Clock
from members.erasure import Erasing
from members.inventory import Item

PERSONS_KEPT = timedelta(days=396)
KEYS_KEPT = timedelta(days=730)
# Webhooks that told of nothing we know, for a look.
UNMATCHED_KEPT = timedelta(days=30)

_FORGET_PERSONS = """
    UPDATE campaigns_message
       SET contact_id = NULL, recipient_id = NULL, recipient_hash = NULL, consent_id = NULL,
           facts = '{}', slots = '{}'
     WHERE queued_at < %(before)s
       AND (contact_id IS NOT NULL OR recipient_id IS NOT NULL OR recipient_hash IS NOT NULL OR slots <> '{}')
"""

# Long after the last step that could bring the same mail again.
_FORGET_KEYS = "DELETE FROM campaigns_message WHERE queued_at < %(before)s"


def forget_persons(*, at: datetime) -> tuple[int, int]:
    """Empty what is personal in messages of 13 months ago and remove rows of 24; return both numbers."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_KEYS, {"before": at - KEYS_KEPT})
        removed = cursor.rowcount
        cursor.execute(_FORGET_PERSONS, {"before": at - PERSONS_KEPT})
        return int(cursor.rowcount), int(removed)


# In two steps, so that each finds its own index.
_FORGET_ERASED = """
    UPDATE campaigns_message AS m
       SET slots = '{}', facts = '{}', recipient_hash = NULL
     WHERE m.id IN (SELECT g.id FROM campaigns_message AS g JOIN erasing AS e ON e.contact_id = g.recipient_id
                     UNION
                    SELECT g.id FROM campaigns_message AS g JOIN erasing AS e ON e.contact_id = g.contact_id)
"""

_PERSONS_FIGURES = f"""
    SELECT count(*),
           count(*) FILTER (WHERE queued_at < %(tonight)s::timestamptz - interval '{PERSONS_KEPT.days} days')
      FROM campaigns_message
     WHERE recipient_id IS NOT NULL
"""
_KEYS_FIGURES = f"""
    SELECT count(*),
           count(*) FILTER (WHERE queued_at < %(tonight)s::timestamptz - interval '{KEYS_KEPT.days} days')
      FROM campaigns_message
"""


def _figures(statement: str, tonight: datetime) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tonight": tonight})
        held, due = cursor.fetchone()
        return held, due


def register() -> None:
    """Tell the page of retention clocks, and the inventory, what this app keeps."""
    clocks.register(
        "messages",
        Clock(
            label=_("Wie welke mail kreeg"),
            kept=_("13 maanden"),
            because=_("Om op vragen te antwoorden; daarna blijven alleen de aantallen (AVG, artikel 5.1.e)."),
            figures=partial(_figures, _PERSONS_FIGURES),
        ),
    )
    clocks.register(
        "message_keys",
        Clock(
            label=_("Sleutels van mails, zonder namen"),
            kept=_("24 maanden"),
            because=_("Zodat niemand dezelfde mail nog eens krijgt."),
            figures=partial(_figures, _KEYS_FIGURES),
        ),
    )
    inventory.register(
        Item(
            label=_("Mails"),
            purpose=_("Tonen wat iemand kreeg en waarom, en nooit twee keer hetzelfde sturen."),
            sql="SELECT count(*), count(DISTINCT recipient_id), max(queued_at), array['bibmail']"
            " FROM campaigns_message",
        )
    )


def forget_erased(erasing: Erasing) -> None:
    """Before people are erased: what their mails said of them goes too (AVG, article 17); keys and counts stay."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_ERASED)
