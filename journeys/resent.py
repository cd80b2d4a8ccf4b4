"""A mail in doubt is sent once more: what caused the old message is now what causes the new one."""

from collections.abc import Mapping

from django.db import connection

_FOLLOW = """
    UPDATE journeys_messagecause AS b
       SET message_id = pair.new_id
      FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS pair (old_id, new_id)
     WHERE b.message_id = pair.old_id
"""


def follow(pairs: Mapping[int, int]) -> None:
    """Old message id to new: who leaves the journey meanwhile does not get the new one, and figures count one."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, {"old": list(pairs), "new": list(pairs.values())})
