"""When a library sends: Monday to Saturday, 8.00 to 20.00 unless it chose otherwise (law D-13). Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import SendingSettings

BRUSSELS = ZoneInfo("Europe/Brussels")

_SUNDAY = 6


def next_open(
    at: datetime, window: SendingSettings, *, opens: time | None = None, closes: time | None = None
) -> datetime:
    """The first moment from `at` on at which mail may leave; `at` itself inside the window.

    opens and closes narrow the window further. Local clock times, so a day on which the clock moves has its
    window at the same hours.
    """
    first = max(opens or time.min, window.opens)
    last = min(closes or time.max, window.closes)
    local = at.astimezone(BRUSSELS)
    for _ in range(8):
        if window.on_sunday or local.weekday() != _SUNDAY:
            if local.time() < first:
                return local.replace(hour=first.hour, minute=first.minute, second=0, microsecond=0)
            if local.time() < last:
                return at if local == at.astimezone(BRUSSELS) else local
        tomorrow = local.date() + timedelta(days=1)
        local = datetime.combine(tomorrow, first, tzinfo=BRUSSELS)
    raise AssertionError("no window in a week")


def settings_of_library() -> SendingSettings:
    """The library's settings, or the usual ones where it never chose."""
    return SendingSettings.objects.first() or SendingSettings()
