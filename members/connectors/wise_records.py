"""What Wise sends, as records of our sinks. The national number is never read, whatever it is called."""

from collections.abc import Mapping
from typing import Any

from members.connectors.drift import Drift
from members.connectors.opt_outs import ABOUT_ELSE, ABOUT_MAIL
from members.connectors.registry import Row

_TEXT = (str, int)
# Fields of a patron, their types, and the column of ours; None: known, and not used here.
_PATRON: dict[str, tuple[type | tuple[type, ...], str | None]] = {
    "patronSystemId": (_TEXT, "externalId"),
    "libraryId": (_TEXT, None),
    "barcode": (_TEXT, "barcode"),
    "firstNames": (str, "firstName"),
    "prefix": (str, "namePrefix"),
    "lastName": (str, "lastName"),
    "gender": (str, "gender"),
    "dateOfBirth": (str, "dateOfBirth"),
    "zipCode": (_TEXT, "postalCode"),
    "city": (str, "city"),
    "emailAddress": (str, "email"),
    "preferredLanguage": (str, "language"),
    "branchId": (_TEXT, "homeBranchId"),
    "subscriptionType": (_TEXT, "subscriptionType"),
    "registrationDate": (str, "enrolledOn"),
    "renewalDate": (str, "renewedOn"),
    "membershipExpiryDate": (str, "expiresOn"),
    "status": (str, "status"),
    "internetBlocked": (bool, "internetBlock"),
    "unsubscribeReason": (str, "unsubscribeReason"),
    "loanHistoryEnabled": (bool, "loanHistoryOptIn"),
    "optOut": (list, None),
    # Labels are free words of the library; they mean nothing here unless somebody maps them.
    "labels": (list, None),
}
_REQUIRED = ("patronSystemId", "lastName", "loanHistoryEnabled", "optOut")
# Names under which a national number could come; they are not read and not noted.
_NEVER = frozenset(
    {"nationalNumber", "nationalId", "insz", "rijksregisternummer", "nationalRegisterNumber", "bsn"}
)

_LOAN: dict[str, type | tuple[type, ...]] = {
    "bibliographicRecordId": _TEXT, "itemId": _TEXT, "title": str, "author": str, "medium": str, "momkeys": str,
    "branchId": _TEXT, "loanDate": str, "dueDate": str, "itemRenewable": bool, "newDueDate": str,
}  # fmt: skip
_HOLD: dict[str, type | tuple[type, ...]] = {
    "bibliographicRecordId": _TEXT, "holdNumber": _TEXT, "id": _TEXT, "title": str, "author": str, "medium": str,
    "pickupLocationName": str, "holdStatus": str, "itemId": _TEXT, "awaitingPickup": bool, "holdDueDate": str,
    "holdDate": str, "pickupBranchId": _TEXT,
}  # fmt: skip
_READY_OR_OVER = frozenset({"MESSAGE_SENT", "RECEIVED", "LOANED", "CLOSED", "RETURNED_TO_BRANCH"})
_WAITING = frozenset({"ACTIVE", "IN_TRANSPORT"})


def patron(found: Mapping[str, Any], drift: Drift) -> Row | None:
    """A row of `members`; None when it has no number or no name. Every row has the same columns."""
    shown = {name: value for name, value in found.items() if name not in _NEVER}
    known = {name: kind for name, (kind, _) in _PATRON.items()}
    drift.look("members", shown, known=known, required=_REQUIRED)
    row = {column: _text(shown.get(name), kind) for name, (kind, column) in _PATRON.items() if column}
    return row if row["externalId"] and row["lastName"] else None


def has_opted_out(found: Mapping[str, Any], drift: Drift) -> bool:
    """Whether the patron told Wise that they want no mail like ours; in doubt yes."""
    said = found.get("optOut")
    if said is None:
        return False
    if not isinstance(said, list):
        return True
    codes = {str(code).upper().replace(" ", "_") for code in said}
    for _code in codes - ABOUT_MAIL - ABOUT_ELSE:
        drift.unknown_value("members", "optOut")
    # A code that we do not know yet may well be a no to mail.
    return bool(codes - ABOUT_ELSE)


def keeps_history(found: Mapping[str, Any]) -> bool:
    return found.get("loanHistoryEnabled") is True


def loans(member: str, items: list[Any], drift: Drift) -> list[Row]:
    """Rows of `loans`. Without the day of the loan there is no row: we make no day up."""
    rows = []
    for item in _records(items, "loans", drift):
        drift.look("loans", item, known=_LOAN, required=("itemId", "loanDate"))
        code, day = _text(item.get("itemId")), _text(item.get("loanDate"))
        if code and day:
            rows.append({
                "loanId": f"{code}:{day[:10]}", "memberExternalId": member,
                "recordId": _text(item.get("bibliographicRecordId")), "title": _text(item.get("title"))[:200],
                "branchId": _text(item.get("branchId")), "loanDate": day,
                "dueDate": _text(item.get("newDueDate")) or _text(item.get("dueDate")),
            })  # fmt: skip
    return rows


def holds(member: str, items: list[Any], drift: Drift) -> list[Row]:
    """Rows of `holds`: what lies ready or did, with its day. What still waits is not ours to know."""
    rows = []
    for item in _records(items, "holds", drift):
        drift.look("holds", item, known=_HOLD, required=("holdNumber", "holdStatus"))
        status = _text(item.get("holdStatus"))
        if status not in _READY_OR_OVER | _WAITING:
            drift.unknown_value("holds", "holdStatus")
        code, day = _text(item.get("holdNumber")) or _text(item.get("id")), _text(item.get("holdDate"))
        if code and status in _READY_OR_OVER:
            if not day:
                drift.missing("holds", "holdDate")
                continue
            rows.append({
                "holdId": code, "memberExternalId": member,
                "recordId": _text(item.get("bibliographicRecordId")), "title": _text(item.get("title"))[:200],
                "branchId": _text(item.get("pickupBranchId")), "status": status, "availableOn": day,
                "pickupBefore": _text(item.get("holdDueDate")),
            })  # fmt: skip
    return rows


def _records(items: list[Any], what: str, drift: Drift) -> list[dict[str, Any]]:
    for item in items:
        if not isinstance(item, dict):
            drift.other_type(what, "items")
    return [item for item in items if isinstance(item, dict)]


def _text(value: Any, kind: type | tuple[type, ...] = (str, int, float)) -> str:
    """A value as the cell of a file; nothing where another type stands than we know."""
    if isinstance(value, bool):
        return ("ja" if value else "nee") if kind is bool else ""
    return str(value).strip() if isinstance(value, str | int | float) and isinstance(value, kind) else ""
