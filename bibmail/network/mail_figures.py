"""What all libraries sent in the last thirty days, with the sentences that say how well it arrived. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from bibmail.network.mail_queries import MailDay
from bibmail.network.queries import LibraryStand
from bibmail.network.stand import (
    COMPLAINTS_TOO_MANY,
    COMPLAINTS_WATCHED,
    SMALL,
    Row,
    complaints_per_thousand,
    share_of,
)
from bibmail.tenancy.plots import Bars, bars
from bibmail.tenancy.templatetags.bibmail import number, short_day


class Mails(NamedTuple):
    """Sums over libraries whose own figure is shown, and what they say."""

    service: int
    marketing: int
    delivered: int
    soft: int
    hard: int
    complaints: int
    unsubscribes: int
    skipped: int
    unknown: int
    clicks: int
    libraries_count: int
    trial_count: int
    plot: Bars

    @property
    def sent(self) -> int:
        return self.service + self.marketing

    @property
    def arrived_share(self) -> int | None:
        return share_of(self.delivered, self.sent)

    @property
    def complaints_rate(self) -> float | None:
        """For every 1,000 mails that arrived; None where there are too few to tell."""
        return complaints_per_thousand(self.complaints, self.delivered)

    @property
    def complaints_kind(self) -> str:
        """The colour of the spam figure: Gmail's two bounds."""
        rate = self.complaints_rate
        if rate is None:
            return ""
        if rate >= COMPLAINTS_TOO_MANY:
            return "bad"
        return "warn" if rate >= COMPLAINTS_WATCHED else "good"

    @property
    def complaints_words(self) -> str:
        rate = self.complaints_rate
        if rate is None:
            return _("Te weinig spamklachten om er iets over te zeggen.")
        shown = number_format(rate, 1)
        if rate >= COMPLAINTS_TOO_MANY:
            return _("%(rate)s spamklachten op 1.000: boven de 3 weigert Gmail mails.") % {"rate": shown}
        if rate >= COMPLAINTS_WATCHED:
            return _("%(rate)s spamklachten op 1.000: hou ze onder de 1.") % {"rate": shown}
        return _("%(rate)s spamklachten op 1.000: dat is goed.") % {"rate": shown}


def of(rows: Sequence[Row], days: Sequence[MailDay]) -> Mails:
    def add(read: Callable[[LibraryStand], int]) -> int:
        return sum(value for row in rows if (value := read(row.library)) >= SMALL)

    return Mails(
        service=add(lambda library: library.service_sent_count),
        marketing=add(lambda library: library.marketing_sent_count),
        delivered=add(lambda library: library.delivered_count),
        soft=add(lambda library: library.soft_bounced_count),
        hard=add(lambda library: library.hard_bounced_count),
        complaints=add(lambda library: library.complaints_count),
        unsubscribes=add(lambda library: library.unsubscribes_count),
        skipped=add(lambda library: library.skipped_count),
        unknown=add(lambda library: library.unknown_count),
        clicks=add(lambda library: library.human_clicks_count),
        libraries_count=sum(row.library.sent_count > 0 for row in rows),
        trial_count=sum(row.library.is_trial is True for row in rows),
        plot=_plot(days),
    )


def _plot(days: Sequence[MailDay]) -> Bars:
    counts = [day.service_count + day.marketing_count for day in days]
    points = [(short_day(day.day), count) for day, count in zip(days, counts, strict=True)]
    message = _("Tussen %(least)s en %(most)s mails per dag in de laatste 30 dagen.") % {
        "least": number(min(counts, default=0)),
        "most": number(max(counts, default=0)),
    }
    return bars(points, message=message, head=_("Dag"))
