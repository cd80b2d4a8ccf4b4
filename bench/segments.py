"""P5 and P6: what a segment's count costs beside reading the library's people at all, and many in one pass."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from bench import crowd, network
from bench.figure import Figure
from bench.tools import a_library, timed
from bench.walk import AT
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.segments import people, ready_made

_SIZE = 60_000
# Of kinds that rules ask about, over two years.
_ACTIVITIES_EACH = 8
_REPEATS = 7
# Everything a rule on summary columns must look at, read once and compared with nothing. A column of each table:
# a left join of which nothing is asked is not read at all.
_SCAN = """
    SELECT count(s.last_active_on), count(m.expires_on), count(c.kind)
      FROM members_contact AS c
      LEFT JOIN members_membership AS m ON m.contact_id = c.id
      LEFT JOIN members_activitysummary AS s ON s.contact_id = c.id
"""

_COLUMNS = {
    "all": [
        {"field": "membership_valid", "op": "is", "value": True},
        {"field": "last_active", "op": "gte", "value": 365},
    ]
}
_WINDOW = {"field": "window_loan_return", "op": "gte", "value": {"times": 2, "days": 365}}
_ALLOWED = {"field": "ever_ebook_loan", "op": "is", "value": False}


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """One large library, each question by turns with its floor; for `network` among 1.83 million others."""
    size = _SIZE
    if set_name == "network":
        network.neighbours(set_name, seed, at=AT)
    library = a_library("groot")
    those = crowd.people(library, size, at=AT)
    network.enliven(library.pk, those, each=_ACTIVITIES_EACH, at=AT)
    with acting_for(library.pk), connection.cursor() as cursor:
        cursor.execute(_GRANTS, {"at": AT})
    crowd.settle(network.TABLES)
    scans, columns, windows, gated = _by_turns(library, [None, [_COLUMNS], [_WINDOW], [_ALLOWED]])
    yield _figure("P5", columns / scans, 2, scans, columns, size)
    yield _figure("P5window", windows / scans, 5, scans, windows, size)
    yield _figure("P5gated", gated / scans, None, scans, gated, size)
    asked = [one.rule for one in ready_made.shelf()]
    together, apart = _by_turns(library, [asked, [[rule] for rule in asked]])
    yield Figure(
        name="P6",
        ratio=together / apart,
        target=0.4,
        more_is_better=False,
        peer=f"one-by-one:{apart * 1000:.0f}ms",
        note=f"{len(asked)} segments of {size} people in one pass: {together * 1000:.0f} ms",
    )


# A third lets the e-book data be used, a third the loans.
_GRANTS = """
    INSERT INTO consent_consent (library_id, contact_id, subject, code, basis, source, opened_at, closed_source)
    SELECT (SELECT current_library_id()), id, 'data_use',
           CASE WHEN id %% 3 = 1 THEN 'use_ebook_activity' ELSE 'use_loan_history' END, 'consent', 'balie',
           %(at)s::timestamptz - interval '400 days', ''
      FROM members_contact
     WHERE id %% 3 < 2
"""


def _by_turns(library: Library, asked: list[Any]) -> list[float]:
    """The median seconds of each: nothing is the scan, rules are one pass, lists of rules one pass each."""
    times: list[list[float]] = [[] for _ in asked]
    with acting_for(library.pk):
        for _turn in range(_REPEATS):
            for kept, one in zip(times, asked, strict=True):
                with timed() as watch:
                    _ask(one)
                kept.append(watch.seconds)
    return [statistics.median(kept) for kept in times]


def _ask(one: Any) -> None:
    if one is None:
        with connection.cursor() as cursor:
            cursor.execute(_SCAN)
            cursor.fetchone()
    elif isinstance(one[0], list):
        for rule in one:
            people.counts_of(rule, at=AT)
    else:
        people.counts_of(one, at=AT)


def _figure(name: str, ratio: float, target: float | None, scan: float, count: float, size: int) -> Figure:
    return Figure(
        name=name,
        ratio=ratio,
        target=target,
        more_is_better=False,
        floor=f"scan:{scan * 1000:.0f}ms",
        note=f"{size} people: {count * 1000:.0f} ms",
    )
