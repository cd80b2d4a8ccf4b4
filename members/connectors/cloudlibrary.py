"""cloudLibrary: what people borrowed, brought back and reserved on the e-book platform, window by window."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element  # only for types; defusedxml reads

from defusedxml import DefusedXmlException, ElementTree
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import acting_for
from members.connectors import known, registry
from members.connectors.registry import Connector, Fetch, Page, Records, Row, Setting
from members.connectors.trouble import Trouble
from members.models import EbookTitle

_WINDOW = timedelta(days=1)
# An event is published some time after it happened; the next window looks so far back.
_OVERLAP = timedelta(hours=2)
_ITEMS_AT_ONCE = 25
_KINDS = {"CHECKOUT": "CHECKOUT", "CHECKIN": "CHECKIN", "HOLD": "HOLD"}
_NOT_OF_PEOPLE = frozenset({"RESERVED", "PURCHASE", "REMOVED"})
_EVENT: dict[str, type] = dict.fromkeys(
    (
        "LibraryId", "EventId", "EventType", "EventStartDateTimeInUTC", "EventEndDateTimeInUTC", "ItemId",
        "ItemLibraryId", "ISBN", "PatronId", "PatronLibraryId", "EventPublishDateTimeInUTC",
    ),
    str,
)  # fmt: skip
_REQUIRED = ("EventId", "EventType", "EventStartDateTimeInUTC", "PatronId")

SETTINGS = (
    Setting(name="url", label=_("Webadres van cloudLibrary"), kind="url", initial="https://partner.yourcloudlibrary.com"),
    Setting(name="library", label=_("Code van de bib bij cloudLibrary")),
    Setting(name="account", label=_("Naam van de account")),
    Setting(name="key", label=_("Geheime sleutel"), kind="secret"),
)  # fmt: skip


def authorization(account: str, key: str, *, moment: str, method: str, target: str) -> str:
    """The value of 3mcl-Authorization; `target` is the path with its query."""
    signature = hmac.new(key.encode(), f"{moment}\n{method}\n{target}".encode(), hashlib.sha256).digest()
    return f"3MCLAUTH {account}:{base64.b64encode(signature).decode()}"


class _Cloud:
    """One fetch's conversation with cloudLibrary."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        filled = fetch.account.options
        self.root = f"{filled['url'].rstrip('/')}/cirrus/library/{quote(filled['library'], safe='')}"

    def get(self, path: str) -> Element:
        """The answer as XML; raises Trouble."""
        answer = self.fetch.door.call(f"{self.root}/{path}", sign=self._sign)
        root = parsed(answer.body)
        if root.tag == "Error":
            # It may say so with status 200 too.
            code = "not_let_in" if root.findtext("Code") == "Gen-001" else "refused"
            raise Trouble(code, said=(root.findtext("Code") or "")[:20])
        return root

    def _sign(self, method: str, target: str) -> dict[str, str]:
        moment = format_datetime(self.fetch.door.now(), usegmt=True)
        said = authorization(
            self.fetch.account.options["account"], self.fetch.account.secrets.get("key", ""),
            moment=moment, method=method, target=target,
        )  # fmt: skip
        return {"3mcl-Datetime": moment, "3mcl-Version": "2.0", "3mcl-Authorization": said}

    def events(self, start: datetime, end: datetime) -> list[dict[str, str]]:
        """Events in a window, each once and in their order."""
        said = "&".join(
            f"{name}={moment:%Y-%m-%dT%H:%M:%S}" for name, moment in (("startdate", start), ("enddate", end))
        )
        root = self.get(f"data/cloudevents?{said}")
        if root.tag != "LibraryEventBatch":
            raise Trouble("unexpected_shape", what=root.tag[:40])
        found = {}
        for element in root.iter("CloudLibraryEvent"):
            event: dict[str, Any] = {
                child.tag: child if len(child) else child.text or "" for child in element
            }
            self.fetch.drift.look("ebook_activity", event, known=_EVENT, required=_REQUIRED)
            text = {name: value for name, value in event.items() if isinstance(value, str)}
            if text.get("EventId"):
                found[text["EventId"]] = text
        return sorted(
            found.values(), key=lambda event: (event.get("EventStartDateTimeInUTC", ""), event["EventId"])
        )

    def titles(self, items: Iterable[str]) -> dict[str, EbookTitle]:
        """Titles by item, from what we have and else from there."""
        wanted, library_id = sorted({item for item in items if item}), self.fetch.account.library_id
        with acting_for(library_id):
            held = {title.item_id: title for title in EbookTitle.objects.filter(item_id__in=wanted)}
        missing = [item for item in wanted if item not in held]
        for start in range(0, len(missing), _ITEMS_AT_ONCE):
            part = missing[start : start + _ITEMS_AT_ONCE]
            root = self.get(f"items/{','.join(quote(item, safe='') for item in part)}")
            with acting_for(library_id):
                fresh = [_title(item, at=self.fetch.at) for item in root.iter("Item")]
                fresh = [title for title in fresh if title.item_id in part]
                EbookTitle.objects.bulk_create(fresh, ignore_conflicts=True)
            held |= {title.item_id: title for title in fresh}
        return held


def parsed(body: bytes) -> Element:
    """XML without entities and outside references; raises Trouble."""
    try:
        root: Element = ElementTree.fromstring(body, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException):
        raise Trouble("unreadable", is_passing=True) from None
    return root


def _title(item: Element, *, at: datetime) -> EbookTitle:
    isbn = (item.findtext("ISBN13") or item.findtext("ISBN") or "").strip()
    name = (item.findtext("Title") or "").strip()
    return EbookTitle(
        item_id=(item.findtext("ItemId") or "")[:80], isbn=isbn[:20], title=name[:200], fetched_at=at
    )


def fetch(asked: Fetch) -> Iterator[Page]:
    """Windows of a day, each looking back over the end of the one before; raises Trouble."""
    cloud, now = _Cloud(asked), asked.at.astimezone(UTC).replace(microsecond=0)
    until = asked.cursor.get("until")
    start = datetime.fromisoformat(until) - _OVERLAP if until else now - _WINDOW
    while start < now:
        end = min(start + _OVERLAP + _WINDOW, now)
        rows, skipped = _rows(cloud, cloud.events(start, end))
        yield Records(sink="ebook_activity", rows=rows, cursor={"until": end.isoformat()}, skipped=skipped)
        if end == now:
            return
        start = end - _OVERLAP


def _rows(cloud: _Cloud, events: list[dict[str, str]]) -> tuple[list[Row], int]:
    """Rows of `ebook_activity`, and how many events are of people elsewhere: the collection is shared."""
    for event in events:
        if event.get("EventType") not in _KINDS.keys() | _NOT_OF_PEOPLE:
            cloud.fetch.drift.unknown_value("ebook_activity", "EventType")
    of_people = [event for event in events if event.get("EventType") in _KINDS and event.get("PatronId")]
    ours = known.members(
        [event["PatronId"] for event in of_people], library_id=cloud.fetch.account.library_id
    )
    kept = [
        event for event in of_people if event["PatronId"] in ours and event.get("EventStartDateTimeInUTC")
    ]
    titles = cloud.titles(event.get("ItemId", "") for event in kept)
    return [_row(event, titles.get(event.get("ItemId", ""))) for event in kept], len(of_people) - len(kept)


def _row(event: dict[str, str], title: EbookTitle | None) -> Row:
    moment = event["EventStartDateTimeInUTC"].removesuffix("Z")
    return {
        "memberExternalId": event["PatronId"],
        "eventType": _KINDS[event["EventType"]],
        "occurredAt": f"{moment[:19]}+00:00",
        "isbn": event.get("ISBN", "")[:20] or (title.isbn if title else ""),
        "title": title.title if title else "",
        "eventId": event["EventId"][:100],
    }


def test(asked: Fetch) -> None:
    """Ask for the events of the last minute."""
    now = asked.at.astimezone(UTC)
    _Cloud(asked).events(now - timedelta(minutes=1), now)


def register() -> None:
    registry.register(
        Connector(code="cloudlibrary", label=_("cloudLibrary (e-boeken)"), settings=SETTINGS, fetch=fetch, test=test,
                  rate=3, what=_("E-boeken die je leden lenen, terugbrengen of reserveren."))
    )  # fmt: skip
