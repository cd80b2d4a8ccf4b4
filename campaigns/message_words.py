"""One message in words: its state for a list, its moments for its own page, and the filters between them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import sentences
from campaigns.models import Message, MessageEvent
from campaigns.queries import Tally
from members.panels import Moment

State, Delivery, Reason = Message.State, Message.Delivery, Message.Reason


class _Group(NamedTuple):
    """Messages that a colleague sees as one kind."""

    code: str
    label: str | Promise
    states: tuple[str, ...]
    deliveries: tuple[int, ...] = ()


_WAITING = (State.QUEUED, State.CLAIMED, State.SUBMITTING)
_NOT_SENT = (State.SKIPPED, State.CANCELLED, State.EXPIRED, State.FAILED)

_GROUPS = (
    _Group("", gettext_lazy("Alle"), ()),
    _Group("wacht", gettext_lazy("Wacht"), _WAITING),
    _Group("aangekomen", gettext_lazy("Aangekomen"), (State.ACCEPTED,), (Delivery.DELIVERED,)),
    _Group("verstuurd", gettext_lazy("Verstuurd, nog geen antwoord"), (State.ACCEPTED,), (Delivery.NONE,)),
    _Group("teruggekomen", gettext_lazy("Teruggekomen"), (State.ACCEPTED,),
           (Delivery.SOFT_BOUNCE, Delivery.HARD_BOUNCE)),
    _Group("spam", gettext_lazy("Gemeld als spam"), (State.ACCEPTED,), (Delivery.COMPLAINED,)),
    _Group("niet-verstuurd", gettext_lazy("Niet verstuurd"), _NOT_SENT),
    _Group("onzeker", gettext_lazy("Weten we nog niet"), (State.UNKNOWN,)),
)  # fmt: skip


class Filter(NamedTuple):
    """What the list is narrowed to."""

    code: str
    states: Sequence[str]
    deliveries: Sequence[int]
    reason: str

    @classmethod
    def of(cls, code: str, reason: str) -> "Filter":
        """The filter of an address; what it does not know narrows nothing."""
        group = next((group for group in _GROUPS if group.code == code), _GROUPS[0])
        return cls(group.code, group.states, group.deliveries, reason if reason in Reason.values else "")


class Tab(NamedTuple):
    """One choice, how many there are, and whether it is chosen."""

    code: str
    label: str
    messages_count: int
    is_current: bool


class Filters(NamedTuple):
    """The choices above the list; reasons only where mails did not leave."""

    groups: list[Tab]
    reasons: list[Tab]
    unknown_count: int


def filters(tally: Sequence[Tally], chosen: Filter) -> Filters:
    """Choices that would show nothing are left out, but for the first and the chosen one."""

    def count(group: _Group) -> int:
        return sum(
            one.messages_count
            for one in tally
            if (not group.states or one.state in group.states)
            and (not group.deliveries or one.delivery in group.deliveries)
        )

    tabs = [Tab(group.code, str(group.label), count(group), group.code == chosen.code) for group in _GROUPS]
    reasons: dict[str, int] = {}
    for one in tally:
        if one.reason and one.state in (chosen.states or _NOT_SENT):
            reasons[one.reason] = reasons.get(one.reason, 0) + one.messages_count
    shown = chosen.code in {"", "niet-verstuurd"}
    return Filters(
        [tab for tab in tabs if tab.messages_count or tab.is_current or not tab.code],
        [
            Tab(reason, str(Reason(reason).label), number, reason == chosen.reason)
            for reason, number in sorted(reasons.items(), key=lambda pair: -pair[1])
        ]
        if shown
        else [],
        sum(one.messages_count for one in tally if one.state == State.UNKNOWN),
    )


def state(message: Message) -> str:
    """In two or three words."""
    if message.state == State.ACCEPTED:
        return str(Delivery(message.delivery).label) if message.delivery else _("Verstuurd")
    if message.reason:
        return str(Reason(message.reason).label)
    return str(State(message.state).label)


def chip(message: Message) -> str:
    """The colour of its state: good, warn, bad, or none."""
    if message.state == State.ACCEPTED:
        return {Delivery.NONE: "", Delivery.DELIVERED: "good", Delivery.SOFT_BOUNCE: "warn"}.get(
            Delivery(message.delivery), "bad"
        )
    if message.state in {State.UNKNOWN, State.FAILED}:
        return "bad" if message.state == State.FAILED else "warn"
    return "warn" if message.reason else ""


def outcome(message: Message) -> str:
    return sentences.of_message(message)


def carried(message: Message, topics: Mapping[str, str]) -> str:
    """What allowed this mail."""
    label = topics.get(message.topic, message.topic) if message.consent_id else ""
    return sentences.of_basis(message.mailing.legal_basis, label)


def moments(message: Message, events: Iterable[MessageEvent]) -> list[Moment]:
    """Everything that happened to it, the oldest first."""
    found = [Moment(message.queued_at, "clock", _("In de rij gezet"))]
    if message.submitted_at:
        found.append(Moment(message.submitted_at, "send", _("Aan de mailprovider gegeven")))
    if message.accepted_at:
        found.append(
            Moment(message.accepted_at, "circle-check", _("Door de mailprovider aanvaard"), tone="did")
        )
    found += [
        Moment(
            event.at, _ICONS[_Kind(event.kind)], event.get_kind_display(), event.detail, _TONES[event.kind]
        )
        for event in events
    ]
    if message.unsubscribed_at:
        found.append(
            Moment(message.unsubscribed_at, "hand-stop", _("Schreef zich uit via deze mail"), tone="not")
        )
    if message.clicked_at:
        found.append(Moment(message.clicked_at, "external-link", _("Klikte op een link"), tone="did"))
    if message.settled_at and message.reason:
        words = sentences.of_reason(message.reason)
        found.append(Moment(message.settled_at, "circle-minus", _("Niet verstuurd"), words, "not"))
    return sorted(found, key=lambda moment: moment.at)


_Kind = MessageEvent.Kind
_ICONS = {
    _Kind.DELIVERED: "mail-check",
    _Kind.SOFT_BOUNCE: "mail-x",
    _Kind.HARD_BOUNCE: "mail-off",
    _Kind.BLOCKED: "mail-off",
    _Kind.COMPLAINED: "alert-triangle",
    _Kind.UNSUBSCRIBED: "hand-stop",
}
_TONES = {kind: "yes" if kind == _Kind.DELIVERED else "not" for kind in _Kind.values}
