"""UiTdatabank Search API 3: a library's events as they change, and the opening hours of its places."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks
from members.connectors import registry
from members.connectors import uitdatabank_records as records
from members.connectors.registry import Connector, Fetch, Page, Records, Row, Setting
from members.connectors.trouble import Trouble

_LIMIT = 100
# `start` goes no further (publiq's documentation of the Search API).
_FURTHEST = 10_000
_OVERLAP = timedelta(hours=1)

SETTINGS = (
    Setting(name="url", label=_("Webadres van de UiTdatabank"), kind="url", initial="https://search.uitdatabank.be"),
    Setting(name="client_id", label=_("Client id"), kind="secret", help=_("Van je integratie bij publiq.")),
    Setting(name="organizer_ids", label=_("Organisator"), required=False,
            help=_("Het id van je bib als organisator. Meer dan één? Zet er komma’s tussen.")),
    Setting(name="places", label=_("Locaties"), kind="long", required=False,
            help=_("Op elke regel: het id van de locatie, het teken = en de code van je vestiging.")),
    Setting(name="hours", label=_("Neem ook de openingsuren van die locaties over"), kind="yes_no", required=False,
            help=_("Ze vervangen wat hier bij die vestigingen staat.")),
)  # fmt: skip


def branches(account_options: Mapping[str, str]) -> dict[str, str]:
    """Branch codes by the id of their place, from the lines that were filled in."""
    lines = [line.partition("=") for line in account_options.get("places", "").splitlines()]
    return {
        place.strip(): code.strip() for place, sign, code in lines if sign and place.strip() and code.strip()
    }


class _Uit:
    """One fetch's conversation with the UiTdatabank."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch, self.root = fetch, fetch.account.options["url"].rstrip("/")
        self.branches = branches(fetch.account.options)

    def get(self, path: str, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """The members of a page; raises Trouble."""
        headers = {
            "x-client-id": self.fetch.account.secrets.get("client_id", ""),
            "Accept": "application/json",
        }
        found = self.fetch.door.call(
            f"{self.root}{path}", params={"embed": "true"} | dict(params), headers=headers
        ).json()
        shown = found.get("member") if isinstance(found, dict) else None
        if not isinstance(shown, list) or not all(isinstance(one, dict) for one in shown):
            raise Trouble("unexpected_shape", what=path.strip("/"))
        return shown

    def wanted(self) -> dict[str, str]:
        """Which events are the library's: its own as organiser, else those at its places."""
        organizers = self.fetch.account.options.get("organizer_ids", "").replace(" ", "")
        if organizers:
            return {"organizerId": organizers}
        if self.branches:
            return {"locationId": ",".join(self.branches)}
        raise Trouble("nothing_asked")

    def pages(self, since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        """Pages of events that changed since then, oldest change first; also those that are gone."""
        params = self.wanted() | {
            "audienceType": "*", "workflowStatus": "*", "limit": str(_LIMIT), "sort[modified]": "asc",
        }  # fmt: skip
        if since:
            params["modifiedFrom"] = since.isoformat()
        else:
            params["workflowStatus"] = "APPROVED,READY_FOR_VALIDATION"
        for start in range(0, _FURTHEST, _LIMIT):
            shown = self.get("/events", params | {"start": str(start)})
            if shown:
                yield shown
            if len(shown) < _LIMIT:
                return


def fetch(asked: Fetch) -> Iterator[Page]:
    """Events that changed, then the hours; raises Trouble.

    What a sub-event is called is its event and its begin, so the cursor remembers which ones are still to come:
    whoever is missing when their event comes again is cancelled.
    """
    uit, began = _Uit(asked), asked.at.astimezone(UTC)
    since = datetime.fromisoformat(asked.cursor["since"]) - _OVERLAP if asked.cursor.get("since") else None
    coming: dict[str, list[str]] = _to_come(asked.cursor.get("coming", {}), began)
    columns = {column.header for column in sinks.get("events").columns}
    for shown in uit.pages(since):
        rows = [row for event in shown for row in _rows(event, uit, coming)]
        # Where two pages say different things of one sub-event, the later is the newer.
        last = {row["eventId"]: {name: row.get(name, "") for name in row if name in columns} for row in rows}
        cursor = dict(asked.cursor) | {"coming": {code: list(parts) for code, parts in coming.items()}}
        yield from _alike(list(last.values()), cursor)
    yield Records(
        sink="events", rows=[], cursor={"since": began.isoformat(), "coming": _to_come(coming, began)}
    )
    if asked.account.options.get("hours") and uit.branches:
        places = uit.get("/places", {"id": ",".join(uit.branches), "limit": str(len(uit.branches))})
        rows = [row for place in places for row in _hours(place, uit)]
        yield Records(
            sink="opening_hours",
            rows=rows,
            cursor={"since": began.isoformat(), "coming": _to_come(coming, began)},
        )


def _alike(rows: list[Row], cursor: dict[str, Any]) -> Iterator[Page]:
    """Rows with the same columns together: a cancelled one says little, and what it leaves out stays as it was."""
    full = [row for row in rows if "kind" in row]
    bare = [row for row in rows if "kind" not in row]
    yield Records(sink="events", rows=full, cursor=cursor)
    yield Records(sink="events", rows=bare, cursor=cursor)


def _rows(event: dict[str, Any], uit: _Uit, coming: dict[str, list[str]]) -> list[Row]:
    """Rows of one event, and of its sub-events that are there no more; `coming` is brought up to date."""
    code = records.code_of(event)
    if not code:
        uit.fetch.drift.missing("events", "@id")
        return []
    rows = records.events(event, uit.branches, uit.fetch.drift)
    now = {row["eventId"].rsplit(":", 1)[-1] for row in rows}
    name = records.words(event.get("name"), str(event.get("mainLanguage") or "nl"))[:200] or code
    gone = [part for part in coming.pop(code, []) if part not in now]
    if now:
        coming[code] = sorted(now)
    return rows + [records.cancelled(f"{code}:{part}"[:80], name) for part in gone]


def _hours(place: dict[str, Any], uit: _Uit) -> list[Row]:
    branch = uit.branches.get(records.code_of(place), "")
    return records.opening_hours(place, branch, uit.fetch.drift, today=uit.fetch.at.date()) if branch else []


def _to_come(coming: Mapping[str, list[str]], now: datetime) -> dict[str, list[str]]:
    """What begins from now on; the begin stands in the code, in an order that sorts."""
    mark = f"{now:%Y%m%dT%H%MZ}"
    left = {code: [part for part in parts if part >= mark] for code, parts in coming.items()}
    return {code: parts for code, parts in left.items() if parts}


def test(asked: Fetch) -> None:
    """Ask for one event of the library."""
    uit = _Uit(asked)
    uit.get("/events", uit.wanted() | {"limit": "1"})


def register() -> None:
    registry.register(
        Connector(code="uitdatabank", label=_("UiTdatabank (activiteiten)"), settings=SETTINGS, fetch=fetch,
                  test=test, every_minutes=6 * 60,
                  what=_("Activiteiten van je bib, en de openingsuren als je dat wil."))
    )  # fmt: skip
