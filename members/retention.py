"""What is past its retention goes, every night; what it added up to stays in the baseline (decision D14)."""

from datetime import datetime

from django.db import transaction

from members import summary
from members.kinds import RULES, oldest_kept


@transaction.atomic
def retire_activities(*, at: datetime) -> int:
    """Delete this library's activities that are past their retention; return how many."""
    return sum(
        summary.retire(kind=kind, before=oldest) for kind in RULES if (oldest := oldest_kept(kind, at=at))
    )
