"""Who entered a segment and who left, and the counts that the night keeps: sets of rows, safe to do twice."""

from datetime import datetime
from typing import NamedTuple

from django.db import connection

from members.models import Segment
from members.segments import people, rules

_LEAVE = """
    UPDATE members_segmentstay
       SET left_at = %(at)s
     WHERE segment_id = %(segment)s AND left_at IS NULL
       AND contact_id NOT IN (SELECT contact_id FROM ({chosen}) AS chosen)
"""

_ENTER = """
    INSERT INTO members_segmentstay (library_id, segment_id, contact_id, entered_at)
    SELECT (SELECT current_library_id()), %(segment)s, contact_id, %(at)s
      FROM ({chosen}) AS chosen
     ORDER BY contact_id
        ON CONFLICT (library_id, segment_id, contact_id) WHERE left_at IS NULL DO NOTHING
"""


class Moves(NamedTuple):
    """How many entered and left."""

    entered: int
    left: int


def refresh(segment: Segment, *, at: datetime) -> Moves:
    """Open a stay for everyone who is in it now, close those of everyone who is not; raises UnfitRule."""
    chosen, params = people.select(segment.rule, at=at)
    params["segment"] = segment.pk
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE.format(chosen=chosen), params)
        left = cursor.rowcount
        cursor.execute(_ENTER.format(chosen=chosen), params)
        return Moves(cursor.rowcount, left)


def refresh_counts(*, at: datetime) -> int:
    """Count every segment of the library in one pass, and follow who enters and leaves; how many there are.

    A segment whose rule cannot be asked any more keeps its last count.
    """
    segments = [one for one in Segment.objects.in_use().filter(version__gt=0) if _is_fit(one, at)]
    counts = people.counts_of([one.rule for one in segments], at=at)
    for segment, count in zip(segments, counts, strict=True):
        segment.people_count, segment.counted_at = count, at
        refresh(segment, at=at)
    Segment.objects.bulk_update(segments, ["people_count", "counted_at"])
    return len(segments)


def _is_fit(segment: Segment, at: datetime) -> bool:
    try:
        people.select(segment.rule, at=at)
    except rules.UnfitRule:
        return False
    return True
