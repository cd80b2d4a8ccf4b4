"""The inbox of webhooks: first a row, then, in batches, what it means.

A batch is one transaction: what was read is gone and done, or neither. A row that tells nothing stays with its fault.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from bibmail.tenancy import acting_for
from campaigns.models import InboxEvent, MessageEvent
from campaigns.tracking import news
from campaigns.tracking.news import News, NoNews
from campaigns.tracking.queries import news as queries
from campaigns.tracking.queries.news import Event, Held, Sum
from consent import stops
from consent.sources import BY_ESP
from consent.stops import AddressStop

Kind = MessageEvent.Kind

# Law D-10: so many mails that came back within so many days, and the address is taken to work no more.
SOFT_COUNT, SOFT_DAYS = 5, 14


class _Told(NamedTuple):
    """A row of the inbox with what it says."""

    row_id: int
    news: News


def receive(esp: str, bodies: Sequence[dict[str, Any]], *, at: datetime) -> int:
    """Keep the events of one call, as webhook.kept gives them; return how many."""
    rows = [InboxEvent(esp=esp, body=body, received_at=at) for body in bodies]
    return len(InboxEvent.objects.bulk_create(rows))


def waiting() -> bool:
    """Whether there is anything to read."""
    return InboxEvent.objects.filter(fault="").exists()


@transaction.atomic
def process(*, limit: int = 500, at: datetime) -> int:
    """Read and settle up to `limit` rows that nobody else reads; return how many were taken up."""
    rows = list(
        InboxEvent.objects.select_for_update(skip_locked=True).filter(fault="").order_by("pk")[:limit]
    )
    told: dict[int, list[_Told]] = defaultdict(list)
    faults: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        try:
            found = news.of(row.esp, row.body)
        except NoNews as fault:
            faults[str(fault)].append(row.pk)
        else:
            told[found.library_id].append(_Told(row.pk, found))
    # Libraries in order too, so that two batches never wait for each other.
    for library_id in sorted(told):
        with acting_for(library_id):
            faults["unknown_message"] += _hear(told[library_id], at=at)
    _clear(rows, faults)
    return len(rows)


def forget(*, before: datetime) -> int:
    """Remove rows that told nothing and have been there for a look long enough; return how many."""
    return InboxEvent.objects.exclude(fault="").filter(received_at__lt=before).delete()[0]


def _clear(rows: Sequence[InboxEvent], faults: dict[str, list[int]]) -> None:
    kept = {row_id for row_ids in faults.values() for row_id in row_ids}
    for fault, row_ids in faults.items():
        InboxEvent.objects.filter(pk__in=row_ids).update(fault=fault)
    InboxEvent.objects.filter(pk__in=[row.pk for row in rows if row.pk not in kept]).delete()


def _hear(told: Sequence[_Told], *, at: datetime) -> list[int]:
    """What one library's news does; return the rows that tell of no message of it."""
    held = queries.hold(sorted({one.news.public_id for one in told}))
    known = [one.news for one in told if one.news.public_id in held]
    if known:
        queries.raise_messages(_sums(known, held), at=at)
        queries.close_submissions(
            sorted(
                {
                    message.submission_id
                    for message in held.values()
                    if message.submission_id and message.state in queries.WAITING
                }
            )
        )
        fresh = queries.keep(
            [Event(held[one.public_id].id, one.kind, one.at, one.detail) for one in known if one.kind]
        )
        _suppress(fresh, {message.id: message for message in held.values()}, at=at)
    return [one.row_id for one in told if one.news.public_id not in held]


def _sums(known: Sequence[News], held: dict[UUID, Held]) -> list[Sum]:
    """One line per message, in the order of their ids."""
    by_message: dict[int, list[News]] = defaultdict(list)
    for one in known:
        by_message[held[one.public_id].id].append(one)
    return [
        Sum(
            message_id,
            max(one.level for one in mine),
            min((one.at for one in mine if one.kind == Kind.DELIVERED), default=None),
            min((one.at for one in mine if one.kind == Kind.UNSUBSCRIBED), default=None),
            min((one.esp_id for one in mine if one.esp_id), default=""),
        )
        for message_id, mine in sorted(by_message.items())
    ]


def _suppress(fresh: Sequence[Event], messages: dict[int, Held], *, at: datetime) -> None:
    """Only news we did not have: what was lifted since is not put back by the same word again."""
    addresses: list[AddressStop] = []
    softly: set[UUID] = set()
    people: dict[int, datetime] = {}
    for event in fresh:
        message, since = messages[event.message_id], min(event.at, at)
        if event.kind == Kind.UNSUBSCRIBED and message.recipient_id:
            people[message.recipient_id] = min(since, people.get(message.recipient_id, since))
        elif message.recipient_hash is None:
            continue
        elif event.kind == Kind.HARD_BOUNCE:
            addresses.append(stops.dead_address(message.recipient_hash, since))
        elif event.kind == Kind.COMPLAINED:
            addresses.append(stops.complaint(message.recipient_hash, since))
        elif event.kind in {Kind.SOFT_BOUNCE, Kind.BLOCKED}:
            softly.add(message.recipient_hash)
    soft = queries.bounced_softly(sorted(softly), count=SOFT_COUNT, days=SOFT_DAYS)
    addresses += [stops.dead_address(address, min(since, at)) for address, since in soft.items()]
    stops.stop_addresses(addresses, source=BY_ESP)
    stops.stop_people(people, source=BY_ESP)
