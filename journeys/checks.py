"""What keeps the mails of a journey from being sent: found before it is on, and refused when it is switched on."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bibmail.tenancy.models import Library
from campaigns.content import lint
from campaigns.content.press import Press
from journeys import mailings
from journeys.definition import Definition


class Fault(NamedTuple):
    """A hard error of one mail, by the step that sends it."""

    step: str
    words: str


def faults(definition: Definition, *, at: datetime, library: Library | None = None) -> Sequence[Fault]:
    """Every hard error of every text, in the order of the steps; `library` where it is known already."""
    press = Press(at=at, library=library)
    return [
        Fault(step.label, finding.words)
        for step in definition.sends
        for choice in step.mails
        for finding in lint.check(mailings.draft(definition, step, choice, at=at), press=press)
        if finding.is_hard
    ]
