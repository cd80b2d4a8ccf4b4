"""Wise REST API: who changed since a day, each of them in detail, and who was deleted."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from members.connectors import opt_outs, registry, wise_records
from members.connectors.registry import Connector, Cursor, Fetch, Page, Records, Row, Setting
from members.connectors.trouble import Trouble

_BRUSSELS = ZoneInfo("Europe/Brussels")
_BATCH = 50
_DAY_SECONDS = 86_400
# Around midnight UTC our clock and theirs may be in different days.
_DOUBT = timedelta(minutes=10)

SETTINGS = (
    Setting(name="url", label=_("Webadres van Wise"), kind="url",
            help=_("Zonder pad, bijvoorbeeld https://bibliotheek.wise.oclc.org.")),
    Setting(name="library", label=_("Nummer van je bib in Wise"), help=_("Vier cijfers, bijvoorbeeld 0001.")),
    Setting(name="application", label=_("Naam van de toepassing"), initial="Bibmail",
            help=_("Zoals Cultuurconnect of OCLC ze bij de sleutel noteerde.")),
    Setting(name="key_id", label=_("Nummer van de sleutel")),
    Setting(name="key", label=_("Geheime sleutel"), kind="secret"),
    Setting(name="staff_token", label=_("Token van een medewerker"), kind="secret", required=False,
            help=_("Alleen als OCLC er een vraagt.")),
    Setting(name="loans", label=_("Haal ook op wat mensen uitlenen"), kind="yes_no", required=False,
            help=_("Alleen van mensen die hun leenhistoriek bijhouden.")),
    Setting(name="holds", label=_("Haal ook reserveringen op"), kind="yes_no", required=False,
            help=_("Alleen van mensen die hun leenhistoriek bijhouden.")),
)  # fmt: skip


def wise_key(key_id: str, key: str, application: str, *, day: int) -> str:
    """The header WISE_KEY of a day, counted from 1970 in UTC."""
    text = f"{day}{application}"
    return f"{key_id}:{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}"


@dataclass
class _Batch:
    """Records of some patrons, that go in together."""

    members: list[Row] = field(default_factory=list)
    standing: list[tuple[str, bool]] = field(default_factory=list)
    loans: list[Row] = field(default_factory=list)
    holds: list[Row] = field(default_factory=list)


class _Wise:
    """One fetch's conversation with Wise."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch, self.filled = fetch, fetch.account.options
        self.root = f"{self.filled['url'].rstrip('/')}/restapi"
        self.library = quote(self.filled["library"], safe="")

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The answer as JSON; near midnight UTC the key of the day next door is tried too."""
        days = self._days()
        for place, day in enumerate(days):
            try:
                return self.fetch.door.call(
                    f"{self.root}{path}", params=params, sign=lambda *_, day=day: self._headers(day)
                ).json()
            except Trouble as trouble:
                if trouble.code != "not_let_in" or place == len(days) - 1:
                    raise
        raise AssertionError("the last day returns or raises")

    def _days(self) -> list[int]:
        now = self.fetch.door.now()
        today = int(now.timestamp() // _DAY_SECONDS)
        others = {int((now + away).timestamp() // _DAY_SECONDS) for away in (-_DOUBT, _DOUBT)} - {today}
        return [today, *sorted(others)]

    def _headers(self, day: int) -> dict[str, str]:
        secrets = self.fetch.account.secrets
        key = wise_key(self.filled["key_id"], secrets.get("key", ""), self.filled["application"], day=day)
        token = secrets.get("staff_token", "")
        return {"WISE_KEY": key, "Accept": "application/json"} | ({"Authorization": token} if token else {})

    def changed(self, day: date) -> list[str]:
        """Numbers of who changed on this day or since, each once."""
        path = f"/patronmanagement/patron/library/{self.library}/updatedpatron"
        return _numbers(self.get(path, {"date": day.isoformat()}))

    def deleted(self) -> list[str]:
        return _numbers(self.get(f"/patronmanagement/patron/library/{self.library}/deletedpatron"))

    def patron(self, number: str) -> dict[str, Any] | None:
        """A patron in detail; None when they are gone meanwhile."""
        try:
            found = self.get(f"/patron/{quote(number, safe='')}/library/{self.library}/patroninformation")
        except Trouble as trouble:
            if trouble.code == "not_found":
                return None
            raise
        if not isinstance(found, dict):
            raise Trouble("unexpected_shape", what="patroninformation")
        return found

    def items(self, number: str, what: str) -> list[Any]:
        found = self.get(f"/patron/{quote(number, safe='')}/library/{self.library}/{what}")
        items = found.get("items") if isinstance(found, dict) else None
        if not isinstance(items, list):
            raise Trouble("unexpected_shape", what=what)
        return items


def fetch(asked: Fetch) -> Iterator[Page]:
    """Changed patrons day by day, a batch at a time, then the deleted; raises Trouble.

    The cursor is a day, and within it how far we are. A day that was taken up again is gone over once more at
    its end: somebody may have changed behind our back.
    """
    wise, today = _Wise(asked), asked.at.astimezone(_BRUSSELS).date()
    day = date.fromisoformat(asked.cursor.get("day") or (today - timedelta(days=1)).isoformat())
    behind, done = asked.cursor.get("position", ""), set[str]()
    deleted = asked.cursor.get("deleted", "")
    while day <= today:
        numbers = [number for number in wise.changed(day) if number > behind and number not in done]
        for start in range(0, len(numbers), _BATCH):
            part = numbers[start : start + _BATCH]
            yield from _pages(
                _batch(wise, part), asked, {"day": day.isoformat(), "position": part[-1], "deleted": deleted}
            )
            done.update(part)
        if behind:
            behind = ""
            continue
        day += timedelta(days=1)
    yield from _deleted(wise, {"day": today.isoformat(), "deleted": deleted})


def _batch(wise: _Wise, numbers: list[str]) -> _Batch:
    batch, drift = _Batch(), wise.fetch.drift
    for number in numbers:
        found = wise.patron(number)
        row = wise_records.patron(found, drift) if found else None
        if found is None or row is None:
            continue
        batch.members.append(row)
        batch.standing.append((row["externalId"], wise_records.has_opted_out(found, drift)))
        if wise_records.keeps_history(found):
            if wise.filled.get("loans"):
                batch.loans += wise_records.loans(row["externalId"], wise.items(number, "loan"), drift)
            if wise.filled.get("holds"):
                batch.holds += wise_records.holds(row["externalId"], wise.items(number, "hold"), drift)
    return batch


def _pages(batch: _Batch, asked: Fetch, cursor: Cursor) -> Iterator[Page]:
    """The records of a batch, people first; the cursor moves with the last page alone."""
    before = dict(asked.cursor)
    yield Records(sink="members", rows=batch.members, cursor=before)
    refusals = opt_outs.rows(asked.account, batch.standing, source="wise", at=asked.at)
    yield Records(sink="consents", rows=refusals, cursor=before)
    yield Records(sink="loans", rows=batch.loans, cursor=before)
    yield Records(sink="holds", rows=batch.holds, cursor=cursor)
    asked.cursor.clear()
    asked.cursor.update(cursor)


def _deleted(wise: _Wise, cursor: Cursor) -> Iterator[Page]:
    """Who was deleted at the source, whenever that list has changed; its print is kept, not the list."""
    numbers = wise.deleted()
    seen = hashlib.sha256("\n".join(numbers).encode()).hexdigest() if numbers else ""
    rows = [{"externalId": number} for number in numbers] if seen != cursor["deleted"] else []
    # The days are done, whatever becomes of the deletions.
    yield Records(sink="members", rows=[], cursor=dict(cursor))
    yield Records(sink="deleted_members", rows=rows, cursor=cursor | {"deleted": seen})


def _numbers(found: Any) -> list[str]:
    """Numbers in order, from a list of numbers or of records with one; raises Trouble."""
    if isinstance(found, dict):
        found = found.get("items", found.get("patrons"))
    if not isinstance(found, list):
        raise Trouble("unexpected_shape", what="patrons")
    bare = [one.get("patronSystemId") if isinstance(one, dict) else one for one in found]
    if any(not isinstance(one, str | int) or isinstance(one, bool) for one in bare):
        raise Trouble("unexpected_shape", what="patrons")
    return sorted({str(one) for one in bare})


def test(asked: Fetch) -> None:
    """Ask who changed today: that needs the key, the library's number and the right to see patrons."""
    _Wise(asked).changed(asked.at.astimezone(_BRUSSELS).date())


def register() -> None:
    registry.register(
        Connector(code="wise", label=_("Wise (leden)"), settings=SETTINGS, fetch=fetch, test=test, rate=5,
                  what=_("Leden die nieuw zijn of veranderden, en wie geen mail meer wil."))
    )  # fmt: skip
