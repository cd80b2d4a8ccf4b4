"""What this app adds to a person's page: every mail they got, or did not get and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from campaigns import sentences, subjects
from campaigns.models import Message
from consent.models import LibraryTopic, Topic
from members import panels
from members.models import Contact
from members.panels import Moment, Part

State, Delivery = Message.State, Message.Delivery

_MOST = 200
_MONTH = timedelta(days=30)
_DID_NOT_LEAVE = {State.SKIPPED, State.CANCELLED, State.EXPIRED, State.FAILED}


def part_of(contact: Contact, at: datetime) -> Part:
    """One query: the newest messages to or about this person, each with what its topic is called here."""
    messages = list(
        Message.objects.filter(Q(recipient=contact) | Q(contact=contact))
        .select_related("mailing", "variant")
        .defer("variant__html", "variant__text")
        .annotate(topic_label=_topic_label())
        .order_by("-queued_at", "-pk")[:_MOST]
    )
    moments = [_moment(message, contact) for message in messages]
    return Part(moments, "campaigns/_panel.html", _panel(messages, contact, at))


def _topic_label() -> Coalesce:
    """The library's own word for a topic, else the network's in the language of the page."""
    language = "en" if (get_language() or "nl").startswith("en") else "nl"
    own = LibraryTopic.objects.filter(topic__code=OuterRef("topic")).exclude(label="")
    shared = Topic.objects.filter(code=OuterRef("topic"))
    return Coalesce(Subquery(own.values("label")[:1]), Subquery(shared.values(f"label_{language}")[:1]))


def _moment(message: Message, contact: Contact) -> Moment:
    own_name = contact.first_name if message.recipient_id == contact.pk else ""
    subject = subjects.of_message(message, first_name=own_name)
    got = _got(message)
    return Moment(
        at=_when(message),
        icon="mail" if got else "mail-off" if message.state in _DID_NOT_LEAVE else "clock",
        title=_title(message, contact, got=got) % {"subject": subject},
        text=_text(message),
        tone="yes" if got else "not" if message.state in _DID_NOT_LEAVE else "",
    )


def _got(message: Message) -> bool:
    return message.state == State.ACCEPTED and message.delivery not in {
        Delivery.SOFT_BOUNCE,
        Delivery.HARD_BOUNCE,
    }


def _title(message: Message, contact: Contact, *, got: bool) -> str:
    if message.recipient_id != contact.pk:
        # A mail about a child goes to a parent; on the child's own page that is said.
        return _("Over dit kind: ‘%(subject)s’, aan een ouder")
    if got:
        return _("Kreeg ‘%(subject)s’")
    if message.state in {State.QUEUED, State.CLAIMED, State.SUBMITTING}:
        return _("Krijgt straks ‘%(subject)s’")
    if message.state == State.UNKNOWN:
        return _("Kreeg misschien ‘%(subject)s’")
    return _("Kreeg ‘%(subject)s’ niet")


def _text(message: Message) -> str:
    """Where it comes from, what became of it, what carried it, and what the person did with it."""
    mailing = message.mailing
    parts = [f"{mailing.label}.", sentences.of_message(message)]
    if message.state == State.ACCEPTED:
        topic: str = getattr(message, "topic_label", None) or message.topic
        parts.append(sentences.of_basis(mailing.legal_basis, topic))
    if message.clicked_at:
        parts.append(_("Klikte op een link."))
    if message.unsubscribed_at:
        parts.append(_("Schreef zich uit met de link in deze mail."))
    return " ".join(part for part in parts if part)


def _when(message: Message) -> datetime:
    """When it left, or was given up; else when it came into being."""
    return message.accepted_at or message.submitted_at or message.settled_at or message.queued_at


def _panel(messages: Sequence[Message], contact: Contact, at: datetime) -> dict[str, object]:
    own = [message for message in messages if message.recipient_id == contact.pk]
    recent = [message for message in own if message.queued_at > at - _MONTH]
    reasons = Counter(message.reason for message in recent if message.reason)
    return {
        "total_count": len(own),
        "got_count": sum(_got(message) for message in recent),
        "not_sent_count": sum(message.state in _DID_NOT_LEAVE for message in recent),
        "reasons": [(sentences.of_reason(reason), count) for reason, count in reasons.most_common()],
    }


def register() -> None:
    panels.register(20, part_of)
