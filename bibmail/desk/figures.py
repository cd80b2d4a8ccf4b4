"""Figures of the Start page with the sentence that a screen reader hears."""

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bibmail.desk.queries import MonthCount
from bibmail.tenancy.plots import Bars, bars
from bibmail.tenancy.templatetags.bibmail import month, short_month


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
