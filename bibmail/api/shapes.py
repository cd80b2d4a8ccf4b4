"""What a body may look like: made from the columns of the sinks, so that files and API say the same words.

The shape is judged for the whole call; what stands in a field is judged item by item, by the reader of files.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from django.utils import translation
from ninja import Field, Schema
from pydantic import ConfigDict, create_model

from bibmail.api.models import Scope
from bibmail.tenancy import sinks
from bibmail.tenancy.sinks import Column

MOST_ITEMS = 500
_INTEGER = {"ge": -(2**31), "le": 2**31 - 1}
# What a date or an address looks like is told, not judged here: one bad date refuses one item, not the call.
_FORMATS = {"date": "date", "moment": "date-time", "email": "email", "time": "time"}


class Item(Schema):
    """One thing somebody tells us; a field it does not name stays as it was, null empties it."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Batch(Schema):
    model_config = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True)
class Resource:
    """One address to write to."""

    path: str
    name: str
    scope: Scope
    # Which sink an item goes to; with several, the item's `kind` says which.
    sinks: Mapping[str, str]
    # In English, for the OpenAPI document.
    about: str

    @property
    def has_kinds(self) -> bool:
        return "" not in self.sinks


RESOURCES = (
    Resource(
        "/contacts", "Contact", Scope.CONTACTS_WRITE, {"": "members"},
        "People and their memberships, by externalId.",
    ),
    Resource(
        "/household-links", "HouseholdLink", Scope.CONTACTS_WRITE, {"": "profile_links"},
        "Profiles of Mijn Bibliotheek and the memberships linked to them. Send all links of a profile in one call: "
        "a link that is missing has been cut.",
    ),
    Resource(
        "/activities", "Activity", Scope.ACTIVITIES_WRITE,
        {"loan": "loans", "ebook": "ebook_activity", "seat_reservation": "seat_reservations",
         "event_registration": "event_registrations"},
        "What people did. The kind says which fields an item has.",
    ),
    Resource(
        "/consents", "Consent", Scope.CONSENTS_WRITE, {"": "consents"},
        "What people said yes or no to. A yes needs proofText: the text the person saw.",
    ),
    Resource("/titles", "Title", Scope.CONTENT_WRITE, {"": "catalogue_items"}, "Titles and where they stand."),
    Resource("/events", "Event", Scope.CONTENT_WRITE, {"": "events"}, "Events of the library."),
)  # fmt: skip


def batch_of(resource: Resource) -> type[Schema]:
    """The model of the body of this resource."""
    items = [item_of(resource, kind) for kind in resource.sinks]
    one: Any = items[0]
    for other in items[1:]:
        one = one | other
    if resource.has_kinds:
        one = Annotated[one, Field(discriminator="kind")]
    listed: Any = list[one]
    field = Field(..., min_length=1, max_length=MOST_ITEMS, description="In the order of the answer.")
    return create_model(f"{resource.name}Batch", __base__=Batch, items=(listed, field))


def item_of(resource: Resource, kind: str) -> type[Schema]:
    """The model of one item: the columns of its sink, and its kind where there are several."""
    fields: dict[str, Any] = {}
    if kind:
        fields["kind"] = (Literal[kind], Field(...))
    for column in sinks.get(resource.sinks[kind]).columns:
        fields[column.header] = _field(column)
    name = "".join(part.title() for part in kind.split("_")) if kind else resource.name
    return create_model(name, __base__=Item, **fields)


def _field(column: Column) -> tuple[Any, Any]:
    with translation.override("en"):
        about = str(column.label)
    if column.type == "choice":
        listed = ", ".join(word for word in column.choices if word)
        about = f"{about} ({listed})"
    told: dict[str, Any] = {"description": about}
    if column.type in _FORMATS:
        told["json_schema_extra"] = {"format": _FORMATS[column.type]}
    kind: Any = str
    if column.type == "integer":
        kind, told = int, told | _INTEGER
    elif column.type == "yes_no":
        kind = bool
    elif column.type == "text":
        told["max_length"] = column.max_length
    if column.required:
        return kind, Field(..., **told)
    return kind | None, Field(None, **told)


def rows_of(resource: Resource, items: Sequence[Schema]) -> list[tuple[str, dict[str, str]]]:
    """Each item with the sink it goes to, as the text a file would have; in the order sent."""
    if not resource.has_kinds:
        return [(resource.sinks[""], _row(item, item.model_fields_set)) for item in items]
    return [
        (resource.sinks[item.kind], _row(item, item.model_fields_set - {"kind"}))  # type: ignore[attr-defined]
        for item in items
    ]


def _row(item: Schema, names: Set[str]) -> dict[str, str]:
    return {name: _text(getattr(item, name)) for name in names}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return str(value)
