"""Who drops out of a segment although they want mail: their address or they themselves stopped, or they pause."""

from django.utils.translation import gettext_lazy

from members.segments import barriers
from members.segments.barriers import Barrier

# Two questions with an equality each: where many people are counted a list is read once and hashed. One with
# an OR inside would be read for each person.
_STOPPED = """(
        EXISTS (SELECT FROM consent_suppression AS x
                 WHERE x.scope = 'contact' AND x.contact_id = c.id AND {in_force} AND x.reason {reasons})
        OR EXISTS (SELECT FROM consent_suppression AS x
                    WHERE x.scope = 'address' AND x.fingerprint = c.recipient_hash
                      AND {in_force} AND x.reason {reasons}))"""

_IN_FORCE = "x.since <= %(at)s AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s)"

_DEAD = "IN ('hard_bounce', 'complaint')"

_PAUSED = """EXISTS (
        SELECT FROM consent_mailpreference AS p
         WHERE p.contact_id = c.id AND p.paused_until >= %(today)s)"""


def register() -> None:
    """Called from AppConfig.ready()."""
    for label, sql in (
        (gettext_lazy("… en hun adres werkt, zonder klacht"), _stopped(_DEAD)),
        (gettext_lazy("… en schreven zich niet uit voor alles"), _stopped(f"NOT {_DEAD}")),
        (gettext_lazy("… en pauzeren niet"), _PAUSED),
    ):
        barriers.register(Barrier(label, sql))


def _stopped(reasons: str) -> str:
    return _STOPPED.format(in_force=_IN_FORCE, reasons=reasons)
