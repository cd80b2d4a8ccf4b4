"""A newsletter as somebody would get it, before it is sent: the real press, for a person or for an example."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.content.merge import Rendered
from campaigns.content.press import Composed, Press
from campaigns.content.readers import Reader
from campaigns.models import Mailing
from consent.models import Subject
from members.models import Contact


@dataclass(frozen=True)
class Example:
    """Somebody who does not exist, for colleagues who may not see people and for the ages one forgets."""

    code: str
    label: str | Promise
    first_name: str
    age: int


EXAMPLE = Example("volwassene", _("Zoals een volwassene hem krijgt"), "Noor", 37)
EXAMPLES: Mapping[str, Example] = {
    example.code: example
    for example in (EXAMPLE, Example("jongere", _("Zoals iemand van 15 hem krijgt"), "Sam", 15))
}


_OWN_LINKS = ("links.preferences", "links.unsubscribe", "links.view_online", "links.why")
NOWHERE = "#"


def of(mailing: Mailing, who: Contact | Example, *, at: datetime) -> Rendered | None:
    """The mail for this person, or None when nothing is left to say. No link leads anywhere: a look is no click.

    Raises UnknownField and UnknownBlock for a text that cannot be sent either.
    """
    composed = _composed(mailing, who, at=at)
    if composed is None:
        return None
    tracked = {f"link:{number}" for number, _link in enumerate(composed.links)}
    return composed.fill(dict.fromkeys({*_OWN_LINKS, *tracked}, NOWHERE))


def to_try(mailing: Mailing, *, at: datetime, home: str) -> Rendered | None:
    """The mail for the first example, with links that lead straight to their targets and its own to `home`."""
    composed = _composed(mailing, EXAMPLE, at=at)
    return composed.fill(dict.fromkeys(_OWN_LINKS, home)) if composed else None


def _composed(mailing: Mailing, who: Contact | Example, *, at: datetime) -> Composed | None:
    press = Press(at=at)
    return press.compose(mailing, _reader(press, mailing, who, at=at))


def _reader(press: Press, mailing: Mailing, who: Contact | Example, *, at: datetime) -> Reader:
    if isinstance(who, Contact):
        return press.reader(who, who, facts={}, message_class=mailing.message_class, content=mailing.content)
    given: dict[tuple[str, str], Any] = {
        (Subject.TOPIC, topic): at - timedelta(days=100) for topic in mailing.topics
    }
    return Reader(
        recipient_id=0,
        contact_id=0,
        first_name=who.first_name,
        age=who.age,
        contact_age=who.age,
        consents=given,
        message_class=mailing.message_class,
    )
