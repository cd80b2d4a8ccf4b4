"""What the UiTdatabank sends, as records of `events` and `opening_hours`."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from members.connectors.drift import Drift
from members.connectors.registry import Row

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EVENT: dict[str, type | tuple[type, ...]] = {
    "@id": str, "name": dict, "mainLanguage": str, "calendarType": str, "startDate": str, "endDate": str,
    "subEvent": list, "status": dict, "bookingAvailability": dict, "location": dict, "organizer": dict,
    "terms": list, "typicalAgeRange": str, "audience": dict, "priceInfo": list, "bookingInfo": dict,
    "workflowStatus": str,
}  # fmt: skip
_STATUS = {"Available": "available", "TemporarilyUnavailable": "cancelled", "Unavailable": "cancelled"}
_GONE = frozenset({"DELETED", "REJECTED", "DRAFT"})
# An exhibition that is always there is no event for a newsletter.
_LONGEST = timedelta(days=92)
_MOST_ADJUSTED_DAYS = 92


def code_of(record: Mapping[str, Any]) -> str:
    """The id inside an @id."""
    return str(record.get("@id", "")).rstrip("/").rsplit("/", 1)[-1]


def words(value: Any, main: str = "nl") -> str:
    """The Dutch of a language map, else the main language, else whatever there is; text as it is."""
    if isinstance(value, dict):
        value = value.get("nl") or value.get(main) or next(iter(value.values()), "")
    return value.strip() if isinstance(value, str) else ""


def ages(said: Any) -> tuple[str, str]:
    """`-`, `6-`, `-12` and `6-12` as the first and last age; empty where there is none."""
    match = re.fullmatch(r"(\d{0,3})-(\d{0,3})", said.strip()) if isinstance(said, str) else None
    return (match[1], match[2]) if match else ("", "")


def events(found: Mapping[str, Any], branches: Mapping[str, str], drift: Drift) -> list[Row]:
    """A row for each sub-event; none when the event is not for everyone, not published, or always there."""
    drift.look("events", _only_known(found), known=_EVENT, required=("name", "location", "status"))
    audience = found.get("audience") if isinstance(found.get("audience"), dict) else {}
    if found.get("workflowStatus") in _GONE or (audience or {}).get("audienceType", "everyone") != "everyone":
        return []
    common = _common(found, branches)
    if not common["name"]:
        drift.missing("events", "name")
        return []
    return [common | part for part in _moments(found, drift)]


def cancelled(code: str, name: str) -> Row:
    """The row of a sub-event that is there no more; its code tells when it would have begun."""
    starts = datetime.strptime(code.rsplit(":", 1)[-1], "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    return {"eventId": code, "name": name, "start": starts.isoformat(), "status": "cancelled"}


def _only_known(found: Mapping[str, Any]) -> dict[str, Any]:
    """publiq adds fields all the time and says so; only what we read can drift."""
    return {name: value for name, value in found.items() if name in _EVENT}


def _common(found: Mapping[str, Any], branches: Mapping[str, str]) -> Row:
    main = str(found.get("mainLanguage") or "nl")
    first, last = ages(found.get("typicalAgeRange"))
    booking = found.get("bookingInfo") if isinstance(found.get("bookingInfo"), dict) else {}
    location = found.get("location") if isinstance(found.get("location"), dict) else {}
    kinds = [term.get("label", "") for term in found.get("terms") or [] if _is_kind(term)]
    return {
        "name": words(found.get("name"), main)[:200],
        "branchId": branches.get(code_of(location or {}), ""),
        "minAge": first, "maxAge": last,
        "kind": str(kinds[0])[:60] if kinds else "",
        "url": str((booking or {}).get("url") or "")[:500] or f"https://www.uitinvlaanderen.be/agenda/e/-/{code_of(found)}",
        "registration": "ja" if booking else "nee",
        "price": _price(found.get("priceInfo")),
    }  # fmt: skip


def _is_kind(term: Any) -> bool:
    return isinstance(term, dict) and term.get("domain") == "eventtype"


def _price(said: Any) -> str:
    """The base price in euro with a point; empty where nothing is said."""
    for line in said if isinstance(said, list) else []:
        if (
            isinstance(line, dict)
            and line.get("category") == "base"
            and isinstance(line.get("price"), int | float)
        ):
            return f"{line['price']:.2f}"
    return ""


def _moments(found: Mapping[str, Any], drift: Drift) -> Iterator[Row]:
    """Code, begin, end and status of each sub-event that has a time of its own."""
    parts = found.get("subEvent")
    if not isinstance(parts, list) or not parts:
        parts = [{"startDate": found.get("startDate"), "endDate": found.get("endDate")}]
    for part in parts:
        starts, ends = (
            _moment(part.get(name)) if isinstance(part, dict) else None for name in ("startDate", "endDate")
        )
        if starts is None:
            if found.get("calendarType") != "permanent":
                drift.other_type("events", "startDate")
            continue
        if ends and ends - starts > _LONGEST:
            continue
        yield {
            "eventId": f"{code_of(found)}:{starts.astimezone(UTC):%Y%m%dT%H%MZ}"[:80],
            "start": starts.isoformat(),
            "end": ends.isoformat() if ends and ends > starts else "",
            "status": _status(found, part),
        }


def _moment(said: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(said)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo else None


def _status(found: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """The worst of the whole and the part: a cancelled sub-event can sit inside an available event."""
    statuses = {_STATUS.get(_type(one.get("status")), "available") for one in (found, part)}
    if "cancelled" in statuses:
        return "cancelled"
    full = any(_type(one.get("bookingAvailability")) == "Unavailable" for one in (found, part))
    return "full" if full else "available"


def _type(said: Any) -> str:
    return str(said.get("type", "Available")) if isinstance(said, dict) else "Available"


# --- Opening hours ------------------------------------------------------------------------------------


def opening_hours(place: Mapping[str, Any], branch: str, drift: Drift, *, today: date) -> list[Row]:
    """The week of a place, then its exceptions day by day; closed wins over adjusted, as publiq says."""
    if not isinstance(place.get("openingHours"), list):
        drift.missing("opening_hours", "openingHours")
        return []
    rows = [
        _row(branch, dayOfWeek=str(_DAYS.index(day) + 1), opens=opens, closes=closes)
        for day, opens, closes in _lines(place["openingHours"])
    ]
    closed = list(_ranges(place.get("openingHoursClosedDays"), today))
    for first, last, note, _hours in closed:
        rows.append(_row(branch, date=first.isoformat(), endDate=last.isoformat(), note=note))
    shut = {day for first, last, *_ in closed for day in _each(first, last)}
    for first, last, note, hours in _ranges(place.get("openingHoursAdjustedDays"), today):
        for day in list(_each(first, last))[:_MOST_ADJUSTED_DAYS]:
            if day not in shut:
                shut.add(day)
                rows += _adjusted(branch, day, note, hours)
    return rows


def _adjusted(branch: str, day: date, note: str, hours: list[tuple[str, str, str]]) -> list[Row]:
    on = {"date": day.isoformat(), "endDate": day.isoformat(), "note": note}
    lines = [(opens, closes) for name, opens, closes in hours if name == _DAYS[day.weekday()]]
    return [_row(branch, **on, opens=opens, closes=closes) for opens, closes in lines] or [_row(branch, **on)]


def _row(branch: str, **said: str) -> Row:
    columns = ("dayOfWeek", "date", "endDate", "opens", "closes", "note")
    return {"branchId": branch} | {name: said.get(name, "") for name in columns}


def _lines(said: Any) -> list[tuple[str, str, str]]:
    """Day, from and to, of lines that really last."""
    return [
        (day, str(line["opens"]), str(line["closes"]))
        for line in (said if isinstance(said, list) else [])
        if isinstance(line, dict) and str(line.get("opens")) < str(line.get("closes", ""))
        for day in line.get("dayOfWeek") or []
        if day in _DAYS
    ]


def _ranges(said: Any, today: date) -> Iterator[tuple[date, date, str, list[tuple[str, str, str]]]]:
    for line in said if isinstance(said, list) else []:
        try:
            first, last = date.fromisoformat(line["startDate"][:10]), date.fromisoformat(line["endDate"][:10])
        except (KeyError, TypeError, ValueError):
            continue
        if first <= last and last >= today:
            yield first, last, words(line.get("description"))[:200], _lines(line.get("openingHours"))


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
