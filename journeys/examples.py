"""A made-up reader for a look at a journey's mail: nobody's data, and a library without members can look too."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.content import agenda, conditions, genres
from campaigns.content.merge import Rendered
from campaigns.content.press import PREVIEW_LINKS, Press
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock
from campaigns.models import Mailing
from consent.models import Subject
from journeys import mailings, periods
from journeys.definition import Definition, MailChoice, Send
from members.models.contact import AGE_OF_OWN_MAIL

_ADULT, _YOUTH, _CHILD = 36, 15, 7
_NAME = "Noor"


@dataclass(frozen=True)
class Example:
    """One mail as a made-up person would get it; `rendered` is None when there is nothing to tell."""

    step: Send
    choice: MailChoice
    whom: str
    rendered: Rendered | None


def of(definition: Definition, mail_code: str, *, at: datetime) -> Example | None:
    """None for a mail that this journey does not have."""
    found = [(step, choice) for step in definition.sends for choice in step.mails if choice.mail == mail_code]
    if not found:
        return None
    step, choice = found[0]
    press = Press(at=at)
    mailing = mailings.draft(definition, step, choice, at=at)
    reader = _reader(step, choice, mailing, press.stock, at=at)
    composed = press.compose(mailing, reader)
    return Example(step, choice, _whom(reader), composed.fill(PREVIEW_LINKS) if composed else None)


def _reader(step: Send, choice: MailChoice, mailing: Mailing, stock: Stock, *, at: datetime) -> Reader:
    ceiling = _ceiling(choice)
    is_parent = ceiling is not None and ceiling <= AGE_OF_OWN_MAIL
    age = _YOUTH if ceiling is not None and not is_parent else _ADULT
    today = timezone.localdate(at)
    wanted = [(Subject.TOPIC, topic) for topic in step.topics] + [
        (Subject.DATA_USE, use) for use in step.data_uses
    ]
    reader = Reader(
        recipient_id=1,
        contact_id=2 if is_parent else 1,
        first_name=_NAME,
        age=age,
        contact_age=_CHILD if is_parent else age,
        branch_id=stock.main_branch.pk if stock.main_branch else None,
        card_number="20260000001234",
        membership_type=_("Volwassene"),
        enrolled_on=today,
        expires_on=today + timedelta(days=365),
        consents=dict.fromkeys(wanted, at - timedelta(days=30)),
        children_ages=(4, _CHILD) if "use_linked_children" in step.data_uses else (),
        favourite_genres=_favourites(stock) if "use_loan_history" in step.data_uses else (),
        topic=next(iter(step.topics), ""),
        is_first_mail=step.basis == "contract",
        message_class=step.message_class,
        rules=frozenset(conditions.rules_of(mailing.content)),
    )
    return _with_facts(reader, step, stock, at=at)


def _with_facts(reader: Reader, step: Send, stock: Stock, *, at: datetime) -> Reader:
    facts: dict[str, Any] = {}
    if step.facts in {"children", "story_time"}:
        facts["child_bands"] = ["3-5", "6-8"]
    if step.facts == "period":
        coming = periods.exams(around=timezone.localdate(at), days_before=400)
        if coming:
            facts |= {"period": coming[0].label, "period_end": coming[0].ends_on.isoformat()}
    reader = replace(reader, facts=facts)
    if step.facts == "story_time" and (event := agenda.of_reader(stock, reader, days=92)):
        reader = replace(reader, facts=facts | {"event": event.pk})
    return reader


def _ceiling(choice: MailChoice) -> int | None:
    """The age below which this text is used."""
    match choice.rule:
        case {"field": "age", "op": "lt", "value": int(age)}:
            return age
    return None


def _favourites(stock: Stock) -> tuple[str, ...]:
    """What there is most of, so that there is something to tip."""
    counted = Counter(one.genre for one in stock.tips if one.genre and not genres.is_sensitive(one.genre))
    return tuple(genre for genre, _count in counted.most_common(2))


def _whom(reader: Reader) -> str:
    if reader.is_about_another:
        words = _("%(name)s, ouder van een kind van %(age)s jaar")
        return words % {"name": _NAME, "age": reader.contact_age}
    return _("%(name)s, %(age)s jaar") % {"name": _NAME, "age": reader.age}
