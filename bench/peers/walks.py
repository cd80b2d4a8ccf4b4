"""Due journey entries by the ORM, twice: an entry at a time, and in lists with bulk_create and bulk_update.

Both walk `missed_you` from the end of its three weeks, with the engine's own reading of the definition, and
write the same rows. A transaction each holds an entry's step, or a round of the lists. Both get it easier than a
real one: no second worker to fear.
"""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import QuerySet

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.delivery import windows
from campaigns.delivery.windows import BRUSSELS
from campaigns.models import Message, SendingSettings
from journeys.definition import Definition, End, Send, Split, Step, Wait
from journeys.mailings import mailing_ids
from journeys.models import JourneyEntry, JourneyVersion, MessageCause, StepEvent
from members.models import Membership

_BATCH = 1_000

State, Kind = JourneyEntry.State, StepEvent.Kind


def one_by_one(library: Library, version: JourneyVersion, definition: Definition, *, at: datetime) -> int:
    """Walk everyone who is due, get and save; return how many steps that were."""
    walked = 0
    with acting_for(library.pk):
        window = windows.settings_of_library()
    while due := _ids(library, at):
        for pk in due:
            with acting_for(library.pk):
                entry = JourneyEntry.objects.select_for_update().get(pk=pk)
                step = definition.steps[entry.step_key]
                side = ""
                if isinstance(step, Split):
                    side = _side(Membership.objects.filter(contact_id=entry.contact_id).first(), at)
                events = _move(entry, step, side, window, at=at)
                if isinstance(step, Send):
                    _save_mail(entry, step, definition, version, window, at=at)
                for event in events:
                    event.save()
                entry.save()
            walked += 1
    return walked


def in_lists(library: Library, version: JourneyVersion, definition: Definition, *, at: datetime) -> int:
    """As `one_by_one`, with a few queries a round."""
    walked, done = 0, 1
    while done:
        with acting_for(library.pk):
            done = _round(version, definition, at=at)
        walked += done
    return walked


def _round(version: JourneyVersion, definition: Definition, *, at: datetime) -> int:
    window = windows.settings_of_library()
    due = list(_due(at).select_for_update(of=("self",)).select_related("recipient"))
    groups = defaultdict(list)
    for entry in due:
        groups[entry.step_key, entry.is_waiting].append(entry)
    events: list[StepEvent] = []
    for (key, _is_waiting), entries in groups.items():
        step = definition.steps[key]
        memberships = {}
        if isinstance(step, Split):
            ids = [entry.contact_id for entry in entries]
            memberships = {one.contact_id: one for one in Membership.objects.filter(contact_id__in=ids)}
        if isinstance(step, Send):
            _save_mails(entries, step, definition, version, window, at=at)
        for entry in entries:
            side = _side(memberships.get(entry.contact_id), at) if memberships else ""
            events += _move(entry, step, side, window, at=at)
    StepEvent.objects.bulk_create(events, batch_size=_BATCH)
    JourneyEntry.objects.bulk_update(
        due,
        ["step_key", "is_waiting", "due_at", "state", "ended_at", "exit_reason"],
        batch_size=_BATCH,
    )
    return len(due)


def _ids(library: Library, at: datetime) -> list[int]:
    with acting_for(library.pk):
        return list(_due(at).values_list("pk", flat=True))


def _due(at: datetime) -> QuerySet[JourneyEntry]:
    return JourneyEntry.objects.filter(state=State.ACTIVE, due_at__lte=at, journey__state="live").order_by(
        "due_at", "pk"
    )[:5_000]


def _side(membership: Membership | None, at: datetime) -> str:
    today = at.astimezone(BRUSSELS).date()
    is_valid = (
        membership is not None
        and membership.enrolled_on is not None
        and membership.enrolled_on <= today
        and membership.is_valid(today)
    )
    return "valid" if is_valid else "expired"


def _move(
    entry: JourneyEntry, step: Step, side: str, window: SendingSettings, *, at: datetime
) -> list[StepEvent]:
    """Put the entry where it stands after this step, unsaved; return what is to be written down."""
    said = []
    match step:
        case Wait() if entry.is_waiting:
            entry.step_key, entry.is_waiting, entry.due_at = step.next, False, at
        case Wait():
            day = at.astimezone(BRUSSELS).date() + timedelta(days=step.days)
            entry.is_waiting, entry.due_at = True, datetime.combine(day, window.opens, tzinfo=BRUSSELS)
            said = [(Kind.WAITED, "")]
        case Split():
            then = next(one.then for one in step.sides if one.side == side)
            entry.step_key, entry.due_at = then, at
            said = [(Kind.SPLIT, side)]
        case Send():
            entry.step_key, entry.due_at = step.next, at
            said = [(Kind.SENT, step.mails[-1].mail)]
        case End():
            entry.state, entry.due_at, entry.ended_at = State.ENDED, None, at
            entry.exit_reason = step.reason
            said = [(Kind.LEFT, step.reason)]
    return [
        StepEvent(entry=entry, step_key=step.key, kind=kind, choice=choice, at=at) for kind, choice in said
    ]


def _save_mail(
    entry: JourneyEntry,
    step: Send,
    definition: Definition,
    version: JourneyVersion,
    window: SendingSettings,
    *,
    at: datetime,
) -> None:
    mailing_id = mailing_ids(definition.code, version.number, step.key)[step.mails[-1].mail]
    values = _mail(entry, step, mailing_id, window, at=at)
    message, _made = Message.objects.get_or_create(key=values.pop("key"), defaults=values)
    MessageCause.objects.get_or_create(message=message, entry=entry)


def _save_mails(
    entries: list[JourneyEntry],
    step: Send,
    definition: Definition,
    version: JourneyVersion,
    window: SendingSettings,
    *,
    at: datetime,
) -> None:
    mailing_id = mailing_ids(definition.code, version.number, step.key)[step.mails[-1].mail]
    messages = Message.objects.bulk_create(
        (Message(**_mail(entry, step, mailing_id, window, at=at)) for entry in entries), batch_size=_BATCH
    )
    causes = zip(messages, entries, strict=True)
    MessageCause.objects.bulk_create(
        (MessageCause(message=message, entry=entry) for message, entry in causes), batch_size=_BATCH
    )


def _mail(
    entry: JourneyEntry, step: Send, mailing_id: int, window: SendingSettings, *, at: datetime
) -> dict[str, object]:
    assert entry.recipient is not None
    return {
        "key": f"j:{entry.pk}:{step.key}:1",
        "mailing_id": mailing_id,
        "contact_id": entry.contact_id,
        "recipient": entry.recipient,
        "recipient_hash": entry.recipient.recipient_hash,
        "priority": step.priority,
        "queued_at": at,
        "not_before": windows.next_open(at, window),
        "not_after": at + timedelta(days=10),
    }
