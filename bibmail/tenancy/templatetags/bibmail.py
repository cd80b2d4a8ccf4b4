"""Filters and tags that every template has (settings.TEMPLATES, builtins); docs/interface.md shows them."""

from datetime import date, datetime, time
from functools import cache
from typing import Any

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from bibmail.tenancy.pages import reverse_in

register = template.Library()

NOTE_ICONS = {
    "": "info-circle",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "alert-circle",
    "net": "affiliate",
}
# Django's own message levels.
MESSAGE_KINDS = {"success": "good", "warning": "warn", "error": "bad"}
SMALL = 5


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; silent for a screen reader unless it has a label."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>',
            label,
            _sprite(),
            name,
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', _sprite(), name)


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


@register.simple_tag(takes_context=True)
def page(context: Context, name: str, *args: Any) -> str:
    """The address of a page of the library we are in: {% page "branch" branch.pk %}."""
    return reverse_in(context["library"], name, *args)


@register.simple_block_tag
def note(content: str, kind: str = "") -> SafeString:
    """{% note "warn" %}<b>Kort.</b> Uitleg.{% endnote %}; kinds: good, warn, bad, net."""
    return mark_safe(  # noqa: S308  # content was rendered by the template around it
        render_to_string(
            "ui/_note.html", {"note": {"kind": kind, "icon": NOTE_ICONS[kind], "words": content}}
        )
    )


@register.simple_block_tag
def nothing(content: str, title: str) -> SafeString:
    """An empty state: {% nothing "Nog geen vestigingen" %}<p>Wat nu te doen.</p>{% endnothing %}."""
    return mark_safe(  # noqa: S308  # content was rendered by the template around it
        render_to_string("ui/_nothing.html", {"nothing": {"title": title, "words": content}})
    )


@register.inclusion_tag("ui/_chip.html")
def chip(words: Any, kind: str = "", icon: str = "") -> dict[str, Any]:
    """A state in a word: {% chip import.get_state_display "good" "circle-check" %}."""
    return {"chip": {"words": words, "kind": kind, "icon": icon}}


@register.inclusion_tag("ui/_stat.html")
def stat(value: Any, words: str, kind: str = "") -> dict[str, Any]:
    """One figure with what it counts; kinds: good, warn, bad, brand."""
    return {"stat": {"value": value, "words": words, "kind": kind}}


@register.filter
def note_kind(level: str) -> str:
    """The kind of note for a message of Django."""
    return MESSAGE_KINDS.get(level, "")


@register.filter
def note_icon(kind: str) -> str:
    return NOTE_ICONS.get(kind, NOTE_ICONS[""])


# --- Numbers ---------------------------------------------------------------------------------------


@register.filter
def number(value: float | None) -> str:
    """2812 → 2.812; nothing → a dash."""
    if value is None:
        return "–"
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.filter
def per_hundred(part: int | None, whole: int | None) -> int:
    """Out of every 100, rounded; 0 of nothing is 0."""
    return round((part or 0) * 100 / whole) if whole else 0


@register.filter
def per_thousand(part: int | None, whole: int | None) -> int:
    """Out of every 1,000, rounded; 0 of nothing is 0."""
    return round((part or 0) * 1000 / whole) if whole else 0


@register.filter
def few(value: int | None) -> str:
    """A count that tells nothing of a single person: 1 to 4 become "minder dan 5"."""
    if value and 0 < value < SMALL:
        return gettext("minder dan 5")
    return number(value)


# --- Days and hours --------------------------------------------------------------------------------


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: date | None) -> str:
    """donderdag 8 oktober; with the year when it is not this year."""
    if value is None:
        return "–"
    local = _local(value)
    if local.year != timezone.localdate().year:
        return day_and_year(value)
    return formats.date_format(local, pgettext("dag", "l j F"))


@register.filter
def day_and_year(value: date | None) -> str:
    """donderdag 8 oktober 2026"""
    return formats.date_format(_local(value), pgettext("dag", "l j F Y")) if value else "–"


@register.filter
def short_day(value: date | None) -> str:
    """8 okt 2026"""
    return formats.date_format(_local(value), pgettext("dag", "j b Y")) if value else "–"


@register.filter
def clock(value: time | datetime | None) -> str:
    """9.00"""
    if value is None:
        return "–"
    local = timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
    return formats.time_format(local, pgettext("uur", "G.i"))


@register.filter
def moment(value: datetime | None) -> str:
    """donderdag 8 oktober, 9.00"""
    return f"{day(value)}, {clock(value)}" if value else "–"


@register.filter
def month(value: date | None) -> str:
    """oktober 2026"""
    return formats.date_format(_local(value), "F Y") if value else "–"


@register.filter
def month_name(value: date | None) -> str:
    """oktober; with the year when it is not this year."""
    if value is None:
        return "–"
    return formats.date_format(_local(value), "F" if value.year == timezone.localdate().year else "F Y")


@register.filter
def short_month(value: date | None) -> str:
    """okt 2026"""
    return formats.date_format(_local(value), pgettext("maand", "b Y")) if value else "–"


@register.filter
def ago(value: datetime | None) -> str:
    """vandaag, gisteren, 3 dagen geleden; beyond a month the day itself."""
    if value is None:
        return gettext("nooit")
    days = (timezone.localdate() - timezone.localdate(value)).days
    if days <= 0:
        return gettext("vandaag")
    if days == 1:
        return gettext("gisteren")
    return gettext("%(days)s dagen geleden") % {"days": days} if days <= 31 else short_day(value)
