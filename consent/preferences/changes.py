"""What a form of the page asks for, and doing it. Only what the person changed counts: a form tells how it stood
when it was shown, so that an old tab does not undo what was said elsewhere since.

A change has a code, such as `topic.events.on`; the page after it says it in words, and undoes it by its opposite.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.http import QueryDict

from consent import actions
from consent.models import MailPreference
from consent.preferences.calendar import after_months
from members.models import Contact, Interest
from members.models.sourced import BY_THEMSELVES

PAUSE_MONTHS = 3
# How the address of the page spells no pace at all.
NORMAL = "normal"
MAIL_LANGUAGES = ("nl", "en", "fr")


class Moment(NamedTuple):
    """When and in which language somebody chooses."""

    at: datetime
    today: date
    language: str


def asked(posted: QueryDict) -> list[str]:
    """The codes of the changes in a form; what makes no sense is left out."""
    read = _SECTIONS.get(posted.get("section", ""))
    return list(read(posted)) if read else []


def apply(contact: Contact, codes: Sequence[str], moment: Moment) -> list[str]:
    """Do these; return those that were possible."""
    return [code for code in codes if _do(contact, code, moment)]


def opposite(code: str) -> str:
    """What undoes this change; empty where nothing does."""
    match code.split("."):
        case ["pause" | "complaint", "off"]:
            return ""
        case [*head, "on"]:
            return ".".join([*head, "off"])
        case [*head, "off"]:
            return ".".join([*head, "on"])
        case ["all", "stop"]:
            return "all.again"
        case ["pace" | "language" as kind, new, old]:
            return f"{kind}.{old}.{new}"
    return ""


# --- Reading a form -----------------------------------------------------------------------------------


def _switches(kind: str) -> Callable[[QueryDict], Iterator[str]]:
    def read(posted: QueryDict) -> Iterator[str]:
        was, wanted = set(posted.get("was", "").split(",")) - {""}, set(posted.getlist(kind))
        yield from (f"{kind}.{code}.on" for code in sorted(wanted - was))
        yield from (f"{kind}.{code}.off" for code in sorted(was - wanted))

    return read


def _studying(posted: QueryDict) -> Iterator[str]:
    was, wanted = posted.get("was") == "on", posted.get("interest_studying") == "on"
    if was != wanted:
        yield "studying.on" if wanted else "studying.off"


def _moved(kind: str) -> Callable[[QueryDict], Iterator[str]]:
    def read(posted: QueryDict) -> Iterator[str]:
        new, old = (posted.get(name, "") or NORMAL for name in (kind, "was"))
        if new != old:
            yield f"{kind}.{new}.{old}"

    return read


def _said(*codes: str) -> Callable[[QueryDict], Iterator[str]]:
    def read(posted: QueryDict) -> Iterator[str]:
        yield from (code for code in codes if code == posted.get("change"))

    return read


def _undone(posted: QueryDict) -> Iterator[str]:
    code = opposite(posted.get("change", ""))
    if code:
        yield code


_SECTIONS: dict[str, Callable[[QueryDict], Iterator[str]]] = {
    "topics": _switches("topic"),
    "uses": _switches("use"),
    "studying": _studying,
    "pace": _moved("pace"),
    "language": _moved("language"),
    "stop": _said("pause.on", "pause.off", "all.stop", "all.again", "complaint.off"),
    "undo": _undone,
}


# --- Doing it -----------------------------------------------------------------------------------------


def _do(contact: Contact, code: str, moment: Moment) -> bool:
    """Whether this could be done; a topic that is not offered, or a word nobody knows, cannot."""
    at = moment.at
    match code.split("."):
        case ["topic" | "use" as kind, name, "on" | "off" as turn]:
            return _switch(contact, kind, name, moment, is_on=turn == "on")
        case ["studying", "on" | "off" as turn]:
            actions.set_interest(
                contact=contact,
                code=Interest.Code.STUDYING,
                is_on=turn == "on",
                at=at,
                source=BY_THEMSELVES,
            )
        case ["pace", ("normal" | "week" | "month") as pace, _old]:
            wanted = MailPreference.Pace("" if pace == NORMAL else pace)
            actions.set_pace(contact=contact, pace=wanted, at=at)
        case ["language", language, _old] if language in MAIL_LANGUAGES:
            actions.set_language(contact=contact, language=language, at=at, source=BY_THEMSELVES)
        case ["pause", "on" | "off" as turn]:
            until = after_months(moment.today, PAUSE_MONTHS) if turn == "on" else None
            actions.pause(contact=contact, until=until, at=at)
        case ["all", "stop"]:
            actions.object_to_all(contact=contact, at=at, source=BY_THEMSELVES)
        case ["all", "again"]:
            actions.take_back_objection(contact=contact, at=at, source=BY_THEMSELVES)
        case ["complaint", "off"]:
            actions.take_back_complaint(contact=contact, at=at)
        case _:
            return False
    return True


def _switch(contact: Contact, kind: str, name: str, moment: Moment, *, is_on: bool) -> bool:
    try:
        if kind == "topic":
            actions.set_topic(
                contact=contact,
                code=name,
                is_wanted=is_on,
                at=moment.at,
                source=BY_THEMSELVES,
                language=moment.language,
            )
        else:
            actions.set_data_use(
                contact=contact,
                code=name,
                is_allowed=is_on,
                at=moment.at,
                source=BY_THEMSELVES,
                language=moment.language,
            )
    except (actions.NotOffered, actions.TooYoung):
        return False
    return True
