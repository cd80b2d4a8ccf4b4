from datetime import datetime

from members.models import ImportRun


def silent_import_runs(*, before: datetime) -> list[int]:
    """Runs that wait, or whose worker has not moved since `before`; oldest first."""
    stale = ImportRun.objects.filter(state=ImportRun.State.WAITING) | ImportRun.objects.filter(
        state=ImportRun.State.RUNNING, heartbeat_at__lt=before
    )
    return list(stale.order_by("created_at", "pk").values_list("pk", flat=True))
