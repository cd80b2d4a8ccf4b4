"""The figures of one journey, over all its versions: a step keeps its key from one version to the next."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.db import connection

# One statement, since the page has many figures: (what, step, choice, people).
_FIGURES = """
    WITH entries AS (
        SELECT id, version_id, state, step_key, is_waiting, goal_at, exit_reason
          FROM journeys_journeyentry
         WHERE journey_id = %(journey_id)s
    ),
    events AS (
        SELECT s.step_key, s.kind, s.choice
          FROM entries AS e
          JOIN journeys_stepevent AS s ON s.entry_id = e.id
    ),
    causes AS (
        SELECT b.message_id
          FROM entries AS e
          JOIN journeys_messagecause AS b ON b.entry_id = e.id
    )
    SELECT kind, step_key, choice, count(*) FROM events GROUP BY kind, step_key, choice
     UNION ALL
    SELECT 'here', step_key, '', count(*) FROM entries WHERE state = 'active' GROUP BY step_key
     UNION ALL
    SELECT 'exit', '', exit_reason, count(*) FROM entries WHERE state = 'ended' GROUP BY exit_reason
     UNION ALL
    SELECT 'older', '', '', count(*) FROM entries WHERE state = 'active' AND version_id <> %(version_id)s
     UNION ALL
    SELECT 'all', '', '', count(*) FROM entries
     UNION ALL
    SELECT 'goal', '', '', count(goal_at) FROM entries
     UNION ALL
    SELECT 'cause', '', '', count(*) FROM causes
     UNION ALL
    SELECT 'mail', '', '', count(DISTINCT message_id) FROM causes
     UNION ALL
    -- Whoever is erased takes their entries along; what they got is still counted.
    SELECT 'gone', '', '', count(*)
      FROM campaigns_message AS g
      JOIN campaigns_mailing AS m ON m.id = g.mailing_id
      JOIN journeys_journey  AS j ON j.code = m.journey_code AND j.id = %(journey_id)s
     WHERE g.contact_id IS NULL AND g.resent_as = ''
       AND NOT EXISTS (SELECT FROM journeys_messagecause AS b WHERE b.message_id = g.id)
     UNION ALL
    SELECT 'tally', figure, min(day)::text, sum(people_count)
      FROM journeys_journeytally
     WHERE journey_id = %(journey_id)s
     GROUP BY figure
"""


class Tally(NamedTuple):
    """How many met the start since the first day it was on, where the others fell off, and who came in."""

    since: date | None
    met: int
    fell: Mapping[str, int]
    entered: int


class Figures:
    """How many people did what at which step."""

    def __init__(self, counts: Mapping[tuple[str, str, str], int]) -> None:
        self._counts = counts

    def _one(self, what: str, step: str = "", choice: str = "") -> int:
        return self._counts.get((what, step, choice), 0)

    @property
    def entered(self) -> int:
        return self._one("all")

    @property
    def inside(self) -> int:
        return sum(count for (what, _step, _choice), count in self._counts.items() if what == "here")

    @property
    def inside_older_version(self) -> int:
        return self._one("older")

    @property
    def goals(self) -> int:
        return self._one("goal")

    @property
    def mails_expected(self) -> int:
        """Messages that entries led to: counted apart from the messages themselves."""
        return self._one("mail") + self._one("gone")

    @property
    def mails_shared(self) -> int:
        """People whose mail was another's too: two siblings, one mail."""
        return self._one("cause") - self._one("mail")

    @property
    def tally(self) -> Tally:
        rows = [(key, day, count) for (what, key, day), count in self._counts.items() if what == "tally"]
        found = {figure: int(count) for figure, _day, count in rows}
        met, entered = found.pop("met", 0), found.pop("entered", 0)
        since = min((date.fromisoformat(day) for _figure, day, _count in rows), default=None)
        return Tally(since, met, found, entered)

    def here(self, step: str) -> int:
        """How many stand at this step now."""
        return self._one("here", step)

    def came(self, step: str) -> int:
        """How many ever did this step: waited, were sent something, went a way or came to the end."""
        return sum(
            count
            for (what, key, _choice), count in self._counts.items()
            if key == step and what in {"waited", "sent", "split"}
        )

    def took(self, step: str, side: str) -> int:
        """How many went this way at a split."""
        return self._one("split", step, side)

    def left(self, step: str, reason: str) -> int:
        """How many left the journey at this step for this reason."""
        return self._one("left", step, reason)

    @property
    def exits(self) -> dict[str, int]:
        """Why people left, the most frequent first."""
        found = {choice: count for (what, _step, choice), count in self._counts.items() if what == "exit"}
        return dict(sorted(found.items(), key=lambda exit_: -exit_[1]))


def of(journey_id: int, version_id: int | None) -> Figures:
    values = {"journey_id": journey_id, "version_id": version_id or 0}
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        return Figures({(what, step, choice): count for what, step, choice, count in cursor.fetchall()})
