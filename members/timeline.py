"""What a person did, day by day, as lines a colleague may read. Titles of what was borrowed are never shown."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models import Activity, ActivityKind, Contact
from members.panels import Moment, Part

_MOST = 400

_ICONS = {
    ActivityKind.LOAN: "book",
    ActivityKind.EBOOK_LOGIN: "eye",
    ActivityKind.EBOOK_LOAN: "book-2",
    ActivityKind.SEAT_RESERVATION: "flask",
    ActivityKind.EVENT_REGISTRATION: "calendar",
    ActivityKind.CHILD_LINKED: "users-plus",
    ActivityKind.MEMBERSHIP_CREATED: "id",
    ActivityKind.MEMBERSHIP_RENEWED: "refresh",
}

# One line a day is enough for these, with the number.
_COUNTED = {ActivityKind.LOAN, ActivityKind.EBOOK_LOAN, ActivityKind.EBOOK_LOGIN, ActivityKind.CHILD_LINKED}


class Month(NamedTuple):
    """The moments of one month, newest first."""

    first_day: date
    moments: list[Moment]


def by_month(moments: Sequence[Moment]) -> list[Month]:
    """Moments, newest first, cut into months."""
    months = groupby(moments, key=lambda moment: timezone.localdate(moment.at).replace(day=1))
    return [Month(first_day, list(found)) for first_day, found in months]


def part_of(contact: Contact, at: datetime) -> Part:
    """The newest acts of one person; this app's facts stand on the page itself."""
    acts = (
        Activity.objects.filter(contact=contact)
        .select_related("branch")
        .order_by("-occurred_at", "-pk")[:_MOST]
    )
    return Part([_moment(list(same)) for _key, same in groupby(acts, key=_same_line)])


def _same_line(act: Activity) -> tuple[object, ...]:
    kind = ActivityKind(act.kind)
    day = timezone.localdate(act.occurred_at)
    return (kind, day, act.branch_id) if kind in _COUNTED else (kind, day, act.pk)


def _moment(acts: list[Activity]) -> Moment:
    act, kind = acts[0], ActivityKind(acts[0].kind)
    return Moment(
        at=act.occurred_at,
        icon=_ICONS.get(kind, "clock"),
        title=_title(kind, len(acts)),
        text=_text(act, kind),
        tone="not" if act.status in {"cancelled", "no_show"} else "did",
        is_whole_day=_is_midnight(act.occurred_at),
    )


def _title(kind: ActivityKind, count: int) -> str:
    if kind is ActivityKind.LOAN:
        return ngettext("Leende %(count)s stuk", "Leende %(count)s stuks", count) % {"count": count}
    if kind is ActivityKind.EBOOK_LOAN:
        return ngettext("Leende %(count)s e-boek", "Leende %(count)s e-boeken", count) % {"count": count}
    if kind is ActivityKind.CHILD_LINKED:
        return ngettext("Koppelde %(count)s kind", "Koppelde %(count)s kinderen", count) % {"count": count}
    return str(kind.label)


def _text(act: Activity, kind: ActivityKind) -> str:
    parts = [act.branch.name] if act.branch else []
    if kind in {ActivityKind.EVENT_REGISTRATION, ActivityKind.EVENT_ATTENDANCE}:
        parts.insert(0, act.subject_name)
    if kind is ActivityKind.SEAT_RESERVATION:
        parts.insert(0, act.subject_code)
    if act.status == "cancelled":
        parts.append(_("geannuleerd"))
    if act.status == "no_show":
        parts.append(_("niet gekomen"))
    return capfirst(", ".join(part for part in parts if part))


def _is_midnight(moment: datetime) -> bool:
    local = timezone.localtime(moment)
    return (local.hour, local.minute) == (0, 0)
