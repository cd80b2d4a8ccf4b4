"""Every change in words, as long as it is true: an address somebody made up confirms nothing."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from bibmail.tenancy.templatetags.bibmail import day_and_year
from consent.preferences import changes
from consent.preferences.sheet import Sheet, Switch


class Said(NamedTuple):
    """A sentence, and the change by which it can be undone."""

    words: str
    code: str
    can_undo: bool


def said(codes: Sequence[str], sheet: Sheet) -> list[Said]:
    """One sentence for each change that the sheet bears out."""
    return [
        Said(words, code, bool(changes.opposite(code))) for code in codes for words in _words(code, sheet)
    ]


def _words(code: str, sheet: Sheet) -> Iterator[str]:
    match code.split("."):
        case ["topic", name, turn]:
            yield from _of_topic(_find(sheet.topics, name, turn), turn)
        case ["use", name, turn]:
            yield from _of_use(_find(sheet.uses, name, turn), turn)
        case ["studying", turn] if sheet.is_studying is (turn == "on"):
            on, off = (
                _("We weten nu dat je komt studeren."),
                _("We onthouden niet meer dat je komt studeren."),
            )
            yield on if turn == "on" else off
        case ["pace", pace, _old] if (sheet.pace or changes.NORMAL) == pace:
            yield _paces()[sheet.pace]
        case ["language", language, _old] if sheet.language == language:
            yield _("Je krijgt je mails voortaan in het %(language)s.") % {"language": _languages()[language]}
        case ["pause", "on"] if sheet.paused_until:
            day = day_and_year(sheet.paused_until)
            yield _("Je krijgt geen mails tot en met %(day)s.") % {"day": day}
        case ["pause", "off"] if not sheet.paused_until:
            yield _("De pauze is voorbij.")
        case ["all", "stop"] if sheet.has_stopped_all:
            yield _("Je krijgt geen mails meer, behalve berichten over je lidmaatschap.")
        case ["all", "again"] if not sheet.has_stopped_all:
            yield _again(sheet)
        case ["complaint", "off"] if not sheet.has_complained:
            yield _("Je krijgt weer mails over wat je kiest.")


def _find(switches: Sequence[Switch], code: str, turn: str) -> Switch | None:
    return next((one for one in switches if one.code == code and one.is_on is (turn == "on")), None)


def _of_topic(topic: Switch | None, turn: str) -> Iterator[str]:
    if topic:
        on, off = (
            _("Je krijgt voortaan mails over ‘%(label)s’."),
            _("Je krijgt geen mails meer over ‘%(label)s’."),
        )
        yield (on if turn == "on" else off) % {"label": topic.label}


def _of_use(use: Switch | None, turn: str) -> Iterator[str]:
    if use:
        on, off = _("‘%(label)s’ staat aan."), _("‘%(label)s’ staat uit.")
        yield (on if turn == "on" else off) % {"label": use.label}


def _again(sheet: Sheet) -> str:
    if not sheet.wanted:
        return _("Je kan weer mails krijgen. Kies waarover.")
    return _("Je krijgt weer mails over: %(topics)s.") % {"topics": ", ".join(sheet.wanted)}


def _paces() -> dict[str, str]:
    return {
        "": _("Je krijgt een mail als er iets nieuws is."),
        "week": _("Je krijgt hoogstens één mail per week."),
        "month": _("Je krijgt hoogstens één mail per maand."),
    }


def _languages() -> dict[str, str]:
    return {"nl": _("Nederlands"), "en": _("Engels"), "fr": _("Frans")}
