"""A newsletter as it is usually written: a row, a template, a mail, and the row once more."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django import template
from django.core.mail import EmailMultiAlternatives

from campaigns.content.merge import SLOT
from campaigns.models import Mailing, MailVariant, Message
from members.models import Contact

# What fills a template: {"slots": {name: value}}.
Context = dict[str, dict[str, str]]


class Letter(NamedTuple):
    """A compiled mail of ours as a Django template, so that both say the same to the letter."""

    subject: str
    html: str
    text: str


def letter_of(variant: MailVariant) -> Letter:
    """`[[link:3]]` becomes `{{ slots.link_3 }}`."""
    return Letter(*(_as_template(part) for part in (variant.subject, variant.html, variant.text)))


def context_of(slots: dict[str, str]) -> Context:
    """What fills such a template."""
    return {"slots": {_name(slot): value for slot, value in slots.items()}}


def _as_template(part: str) -> str:
    assert "{{" not in part
    assert "{%" not in part
    return SLOT.sub(lambda found: f"{{{{ slots.{_name(found[1])} }}}}", part)


def _name(slot: str) -> str:
    return re.sub(r"[.:]", "_", slot)


def one_by_one(
    letter: Letter,
    mailing: Mailing,
    people: Sequence[Contact],
    contexts: Sequence[Context],
    *,
    sender: str,
    at: datetime,
) -> None:
    """Send the letter to these people. Within acting_for(library), without a gate, caps or leases."""
    subject, html, text = (template.Template(part) for part in letter)
    for person, values in zip(people, contexts, strict=True):
        context = template.Context(values)
        message = Message.objects.create(
            key=f"naive:{person.pk}",
            mailing=mailing,
            contact=person,
            recipient=person,
            recipient_hash=person.recipient_hash,
            queued_at=at,
            not_before=at,
            not_after=at + timedelta(days=7),
        )
        unsubscribe = values["slots"]["links_unsubscribe"]
        mail = EmailMultiAlternatives(
            subject=subject.render(context),
            body=text.render(context),
            from_email=sender,
            to=[person.email_norm],
            headers={
                "List-Unsubscribe": f"<{unsubscribe}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        mail.attach_alternative(html.render(context), "text/html")
        mail.send()
        message.state = Message.State.ACCEPTED
        message.submitted_at = message.accepted_at = at
        message.esp_message_id = mail.anymail_status.message_id  # type: ignore[attr-defined]  # anymail's
        message.save()
