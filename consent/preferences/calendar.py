import calendar
from datetime import date


def after_months(day: date, months: int) -> date:
    """The same day so many months later; the last of a month that is shorter."""
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
