"""From a claimed message to the mail as it will be sent, and back from the stored parts to the very same mail.

What is compiled is stored once per variant, what is personal once per message. So a retry, `bekijk online` and
the audit all see what was sent, and not what the library's content has become since.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection

from bibmail.tenancy import tokens
from bibmail.tenancy.models import Library
from campaigns.content.merge import Rendered, fill
from campaigns.content.press import Composed, Press
from campaigns.delivery import links
from campaigns.delivery.envelope import Mail, UnfitMail, check
from campaigns.models import BrandKit, LibraryTexts, Mailing, MailVariant, Message
from consent.models import MessageClass

logger = logging.getLogger(__name__)

_KEEP_VARIANT = """
    INSERT INTO campaigns_mailvariant (library_id, mailing_id, digest, language, subject, preheader, html, text,
                                       blocks, created_at)
    VALUES ((SELECT current_library_id()), %(mailing_id)s, %(digest)s, %(language)s, %(subject)s, %(preheader)s,
            %(html)s, %(text)s, %(blocks)s, %(at)s)
        ON CONFLICT (library_id, mailing_id, digest) DO NOTHING
"""

_STORE = """
    UPDATE campaigns_message AS g
       SET variant_id = made.variant_id, slots = made.slots::jsonb
      FROM unnest(%(ids)s::bigint[], %(variants)s::bigint[], %(slots)s::text[]) AS made (id, variant_id, slots)
     WHERE g.id = made.id AND g.lease_token = %(token)s AND g.state = 'claimed'
"""

_SETTLE = """
    UPDATE campaigns_message
       SET state = %(state)s, reason = %(reason)s, settled_at = %(at)s, lease_token = NULL, lease_until = NULL
     WHERE id = ANY(%(ids)s) AND lease_token = %(token)s AND state = 'claimed'
"""


class Sender(NamedTuple):
    """Who signs a library's mail."""

    library_id: int
    name: str
    email: str
    reply_to: str


def sender_of(library: Library) -> Sender:
    """The library's own sender, or its name at the network's domain; answers go to a mailbox that is read."""
    brand = BrandKit.objects.first() or BrandKit()
    texts = LibraryTexts.objects.first() or LibraryTexts()
    email = brand.sender_email or f"{library.slug}@{settings.ESP_SENDER_DOMAIN}"
    return Sender(
        library.pk, brand.sender_name or library.name, email, brand.reply_to or texts.email or email
    )


class Desk:
    """What a worker keeps at hand while it serves one library: content, sender, stored links and variants."""

    def __init__(self, library: Library, *, at: datetime) -> None:
        """For use within acting_for(library); as of `at`."""
        self.press = Press(at=at)
        self.sender = sender_of(library)
        self.at = at
        self._variants: dict[tuple[int, str], int] = {}
        self._mailings: dict[int, Mailing] = {}

    def make(self, ids: Sequence[int], *, token: str, at: datetime) -> list[int]:
        """Compose and store these claimed messages; return those that can go on, in the given order.

        A mail without content is settled as such, one that cannot be made as failed; the others go on.
        """
        readers = self.press.readers(ids)
        mailing_of = dict(Message.objects.filter(pk__in=ids).values_list("pk", "mailing_id"))
        made: dict[int, tuple[int, dict[str, str]]] = {}
        empty, broken = [], []
        for message_id in ids:
            mailing = self._mailing(mailing_of[message_id])
            try:
                composed = self.press.compose(mailing, readers[message_id])
            except Exception as error:
                # A poisoned mail must not hold up the others; its words may hold a person, so only its class.
                logger.error("message %s not made: %s", message_id, type(error).__name__)
                broken.append(message_id)
                continue
            if composed is None:
                empty.append(message_id)
            else:
                made[message_id] = (self._stored(mailing, composed, at=at), composed.slots)
        _store(made, token=token)
        settle(empty, Message.State.SKIPPED, Message.Reason.NO_CONTENT, token=token, at=at)
        settle(broken, Message.State.FAILED, Message.Reason.NOT_RENDERED, token=token, at=at)
        return [message_id for message_id in ids if message_id in made]

    def _mailing(self, mailing_id: int) -> Mailing:
        if mailing_id not in self._mailings:
            self._mailings[mailing_id] = Mailing.objects.get(pk=mailing_id)
        return self._mailings[mailing_id]

    def _stored(self, mailing: Mailing, composed: Composed, *, at: datetime) -> int:
        key = (mailing.pk, composed.digest)
        if key not in self._variants:
            self._variants[key] = _keep_variant(mailing, composed, at=at)
        return self._variants[key]


def _keep_variant(mailing: Mailing, composed: Composed, *, at: datetime) -> int:
    found = MailVariant.objects.filter(mailing=mailing, digest=composed.digest).values_list("pk", flat=True)
    if (known := found.first()) is not None:
        return known
    ids = links.keep(mailing.pk, composed.links)
    values: dict[str, Any] = {
        "mailing_id": mailing.pk,
        "digest": composed.digest,
        "language": composed.language,
        "subject": composed.subject_template,
        "preheader": composed.preheader,
        "html": links.numbered(composed.html_template, composed.links, ids),
        "text": links.numbered(composed.text_template, composed.links, ids),
        "blocks": list(composed.blocks),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_VARIANT, values)
    return found.get()


def _store(made: Mapping[int, tuple[int, dict[str, str]]], *, token: str) -> None:
    if not made:
        return
    values: dict[str, Any] = {
        "ids": list(made),
        "variants": [variant for variant, _slots in made.values()],
        "slots": [json.dumps(slots) for _variant, slots in made.values()],
        "token": token,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)


def settle(ids: Sequence[int], state: str, reason: str, *, token: str, at: datetime) -> None:
    """End these claimed messages here, with the reason."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(
                _SETTLE, {"ids": list(ids), "state": state, "reason": reason, "token": token, "at": at}
            )


def mails(ids: Sequence[int], sender: Sender) -> list[Mail]:
    """The mails of these messages from their stored parts, in the given order.

    The same from one call to the next, unless the address of a person changed meanwhile: then a retry is none.
    Messages whose person is gone are left out.
    """
    # Only what a mail is made of: whole rows, and a mailing's content for each, cost more than filling in.
    found = {
        message.pk: message
        for message in Message.objects.filter(pk__in=ids)
        .exclude(recipient=None)
        .select_related("recipient")
        .only("public_id", "slots", "mailing_id", "variant_id", "recipient__email_norm")
    }
    variants = MailVariant.objects.in_bulk({message.variant_id for message in found.values()})
    mailings = Mailing.objects.defer("content").in_bulk({message.mailing_id for message in found.values()})
    return [
        _mail(message, mailings[message.mailing_id], variants[message.variant_id], sender)
        for message_id in ids
        if (message := found.get(message_id))
    ]


def _mail(message: Message, mailing: Mailing, variant: MailVariant, sender: Sender) -> Mail:
    rendered = rendering(message, variant, library_id=sender.library_id)
    return Mail(
        message_id=message.pk,
        to=message.recipient.email_norm,
        sender=sender.email,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        subject=rendered.subject,
        html=rendered.html,
        text=rendered.text,
        headers=_headers(message, mailing, sender),
        tags=[mailing.journey_code or f"campaign-{mailing.campaign_id}", mailing.mail_code or "newsletter"],
        metadata={
            "m": str(message.public_id),
            "l": sender.library_id,
            "s": tokens.message_mac(library_id=sender.library_id, public_id=str(message.public_id)),
        },
    )


def rendering(message: Message, variant: MailVariant, *, library_id: int) -> Rendered:
    """A stored variant with this message's slots and links filled in."""
    slots = message.slots | links.slots(
        (variant.html, variant.text),
        library_id=library_id,
        public_id=message.public_id,
        recipient_id=message.recipient_id,
    )
    return Rendered(
        subject=fill(variant.subject, slots),
        html=fill(variant.html, slots, is_html=True),
        text=fill(variant.text, slots),
    )


def _headers(message: Message, mailing: Mailing, sender: Sender) -> dict[str, str]:
    """RFC 8058 and RFC 2369 on marketing mail; service mail needs no way out (law D-05, D-07)."""
    if mailing.message_class == MessageClass.SERVICE:
        return {}
    url = links.one_click(library_id=sender.library_id, public_id=message.public_id)
    return {
        "List-Unsubscribe": f"<{url}>, <mailto:{sender.reply_to}?subject=uitschrijven>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def fit(made: Sequence[Mail]) -> tuple[list[Mail], list[int]]:
    """Those that may be given to an ESP, and the ids of those that may not."""
    good, bad = [], []
    for mail in made:
        try:
            check(mail)
            good.append(mail)
        except UnfitMail as unfit:
            logger.error("message %s is no mail: %s", mail.message_id, unfit)
            bad.append(mail.message_id)
    return good, bad
