"""Why somebody got a mail: the reason it gave, the yes it rested on, and what we looked at and did not (law L-15).

What happened in a journey is known on a higher floor, which registers here (decision D10).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from campaigns.content import fields
from campaigns.content.merge import fill
from campaigns.content.stock import Stock
from campaigns.models import LegalBasis
from campaigns.tracking.mails import Mail
from consent import sources, topics
from consent.models import Consent, Subject


class Step(NamedTuple):
    """One thing that led to the mail."""

    icon: str
    title: str
    at: datetime | None = None
    text: str = ""
    # The words somebody said yes to.
    wording: str = ""


class Why(NamedTuple):
    """What the page tells."""

    subject: str
    # Of the mail: its own words are in it, whatever the page speaks.
    language: str
    sent_at: datetime | None
    reason: str
    has_own_reason: bool
    steps: list[Step]
    used: list[str]
    # One sentence of things; empty where everything was used.
    unused: str


StepsOf = Callable[[Mail], Sequence[Step]]

_steps_of: list[StepsOf] = []


def register(steps_of: StepsOf) -> None:
    """`steps_of(mail)` tells what happened between the yes and the mail; within acting_for(library)."""
    if steps_of not in _steps_of:
        _steps_of.append(steps_of)


def of(mail: Mail, *, at: datetime, language: str, library_name: str) -> Why:
    """Within acting_for(library), in the language of the page."""
    message = mail.message
    offers = {offer.topic.code: offer.label for offer in topics.offers(language=language)}
    sent_at = message.accepted_at or message.submitted_at
    happened = [step for steps_of in _steps_of for step in steps_of(mail)]
    left = [Step("mail", _("De mail vertrok"), sent_at)] if sent_at else []
    used, unused = _data(mail, at=at)
    reason = _reason(mail, at=at)
    return Why(
        subject=_filled(mail, message.variant.subject) if message.variant else mail.mailing.label,
        language=message.variant.language if message.variant else "nl",
        sent_at=sent_at,
        reason=reason or _("Je kreeg deze mail van %(name)s.") % {"name": library_name},
        has_own_reason=bool(reason),
        # As it went: some choose only after what began it. What has no moment holds all along, so it comes first.
        steps=sorted(
            [_ground(mail, offers, library_name), *happened, *left],
            key=lambda step: step.at.timestamp() if step.at else 0.0,
        ),
        used=used,
        unused=unused,
    )


def _ground(mail: Mail, labels: dict[str, str], library_name: str) -> Step:
    """On what the mail rested."""
    consent = mail.message.consent
    if consent:
        how = sources.words(consent.source)
        wording = consent.wording.text if consent.wording else ""
        chosen = _("Je koos ‘%(topic)s’") % {"topic": labels.get(consent.code, consent.code)}
        return Step("check", chosen, consent.opened_at, how, wording)
    if mail.mailing.legal_basis == LegalBasis.CONTRACT:
        return Step("id", _("Je bent lid"), None, _("Berichten over je lidmaatschap krijgt elk lid."))
    if mail.message.topic or mail.mailing.legal_basis == LegalBasis.CONSENT:
        return Step("check", _("Je koos voor mails hierover"))
    words = _("%(name)s stuurt deze mail naar nieuwe leden. Wil je dat niet, dan stopt het meteen.")
    return Step("id", _("Je werd lid"), None, words % {"name": library_name})


def _reason(mail: Mail, *, at: datetime) -> str:
    """The sentence at the foot of the mail, with what it knew of this person."""
    content = mail.mailing.content
    english = (
        (content.get("en") or {}) if mail.message.variant and mail.message.variant.language == "en" else {}
    )
    words = english.get("reason") or content.get("reason") or ""
    try:
        slotted = fields.slotted(words, Stock(at=at))
    except fields.UnknownField:
        return ""
    known = mail.message.slots
    missing = frozenset(name for name in fields.slots_in(slotted) if not known.get(name))
    return fill(fields.without(slotted, missing), known)


def _filled(mail: Mail, template: str) -> str:
    """What is erased leaves no hole."""
    missing = frozenset(name for name in fields.slots_in(template) if name not in mail.message.slots)
    return fill(fields.without(template, missing), mail.message.slots) or mail.mailing.label


# Blocks that look at somebody's branch.
_AT_BRANCH = {"opening_hours", "branch_list", "new_acquisitions", "events", "digipoint"}


def _data(mail: Mail, *, at: datetime) -> tuple[list[str], str]:
    """What the mail used of this person, and what it did not."""
    slots, mailing = mail.message.slots, mail.mailing
    types = {str(block.get("type")) for block in mailing.content.get("blocks", [])}
    plain = [
        (_("je voornaam"), "contact.first_name" in slots),
        (_("je e-mailadres"), True),
        # Nobody under 13 is mailed, so everybody's age is looked at.
        (_("je leeftijd"), True),
        (_("je vestiging"), bool(_AT_BRANCH & types) or any(name.startswith("branch.") for name in slots)),
        (_("je lidmaatschap"), _is_about_membership(mail)),
        (_("de voornamen van je kinderen"), bool(mail.message.facts.get("child_names"))),
        (_("dat je zelf zei dat je komt studeren"), bool(mail.message.facts.get("interest"))),
    ]
    used = [_capitalised(_joined([words for words, is_used in plain if is_used]))]
    phrases = _uses()
    used += [
        _("%(data)s, want dat mag van jou") % {"data": _capitalised(phrases[code])}
        for code in mailing.data_uses
        if code in phrases
    ]
    measured = _measured(mail, at=at)
    unused = [
        words for code, words in phrases.items() if code not in mailing.data_uses and code not in measured
    ]
    return used, _joined(unused)


def _is_about_membership(mail: Mail) -> bool:
    if any(name.startswith("membership.") for name in mail.message.slots):
        return True
    return mail.mailing.legal_basis in {LegalBasis.CONTRACT, LegalBasis.LIBRARY_POLICY}


def _uses() -> dict[str, str]:
    """Each data use as a thing: `wat je leende`."""
    return {
        "use_loan_history": _("wat je leende"),
        "use_linked_children": _("de leeftijd van je kinderen"),
        "use_ebook_activity": _("of je e-boeken gebruikt"),
        "use_seat_reservations": _("of je een studieplek of pc reserveert"),
        "use_event_history": _("voor welke activiteiten je inschreef"),
        "measure_opens": _("of je de mail opende"),
        "measure_clicks": _("waarop je klikte"),
    }


def _measured(mail: Mail, *, at: datetime) -> set[str]:
    """The measuring that this person allows."""
    given = Consent.objects.in_force(at=at).filter(
        contact=mail.recipient, subject=Subject.DATA_USE, code__in=["measure_opens", "measure_clicks"]
    )
    return set(given.values_list("code", flat=True))


def _joined(words: Sequence[str]) -> str:
    """a, b en c"""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s en %(last)s") % {"most": ", ".join(words[:-1]), "last": words[-1]}


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]
