"""Figures of the Start page with the sentence that a screen reader hears."""

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bibmail.desk.queries import DayCount, MonthCount
from bibmail.tenancy.plots import Bars, bars
from bibmail.tenancy.templatetags.bibmail import day, month, short_day, short_month


class NewMembers(NamedTuple):
    """The last whole month, and the year behind it."""

    last: MonthCount
    plot: Bars


def new_members(months: list[MonthCount]) -> NewMembers | None:
    """None when nobody joined in the whole year: then there is nothing to draw."""
    if not any(count for _month, count in months):
        return None
    last, counts = months[-1], [count for _month, count in months[:-1]]
    words = {
        "least": number_format(min(counts), force_grouping=True),
        "most": number_format(max(counts), force_grouping=True),
        "count": number_format(last.members_count, force_grouping=True),
        "month": month(last.month),
    }
    message = _("Tussen %(least)s en %(most)s nieuwe leden per maand, en %(count)s in %(month)s.") % words
    points = [(short_month(first_day), count) for first_day, count in months]
    return NewMembers(last, bars(points, message=message, head=_("Maand")))


class MailsByDay(NamedTuple):
    """The last thirty days, with today."""

    total: int
    plot: Bars


def mails_by_day(days: list[DayCount]) -> MailsByDay | None:
    """None when no mail left: then there is nothing to draw."""
    total = sum(count for _day, count in days)
    if not total:
        return None
    busiest = max(days, key=lambda one: one.mails_count)
    words = {
        "total": number_format(total, force_grouping=True),
        "most": number_format(busiest.mails_count, force_grouping=True),
        "day": day(busiest.day),
    }
    message = _("%(total)s mails in 30 dagen. De meeste op %(day)s: %(most)s.") % words
    points = [(short_day(one.day), one.mails_count) for one in days]
    return MailsByDay(total, bars(points, message=message, head=_("Dag")))
