"""Two libraries with a row in every table: Zottegem owns, Aalst is the stranger.

All rows of a library carry one number, so that a page can be asked for "the same number, but Zottegem's"
whatever it shows. Every free text of Zottegem holds a word that stands nowhere else.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from bibmail.api.models import WebhookDelivery
from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import Library, NetworkRole, StaffRole, User
from campaigns.models import (
    CalendarPeriod,
    CatalogueTitle,
    Message,
    MessageEvent,
    NetworkSwitch,
    SendingFence,
    SendingLine,
)
from consent.models import DataUse, MailPreference, Topic
from journeys.models import JourneyEntry
from members.models import (
    Activity,
    Contact,
    CustomValue,
    Household,
    HouseholdMember,
    ImportRefusal,
    Interest,
    Membership,
)
from tests.isolation.rows import api, campaigns, consent, journeys, members, tenancy
from tests.isolation.world import (
    AALSTS,
    NOWHERE,
    TODAY,
    WORD,
    ZOTTEGEMS,
    Fields,
    Makers,
    Model,
    Tenant,
    World,
)

__all__ = ["AALSTS", "NOWHERE", "ZOTTEGEMS", "Model", "Tenant", "World"]

MAKERS: Makers = (
    tenancy.MAKERS | members.MAKERS | consent.MAKERS | campaigns.MAKERS | journeys.MAKERS | api.MAKERS
)

SHARED_MAKERS: dict[Model, Fields] = {
    Topic: {"code": "planted", "message_class": "marketing", "position": 90},
    DataUse: {"code": "planted", "position": 90},
    CatalogueTitle: {},
    CalendarPeriod: {
        "kind": "exam",
        "level": "secondary",
        "starts_on": TODAY,
        "ends_on": TODAY,
        "certainty": "expected",
    },
    SendingLine: {"code": "planted"},
}
# Rows that come with the migrations, and of which there is no second.
SHARED_ROWS: frozenset[Model] = frozenset({NetworkSwitch, SendingFence})

# What tells of a person: the words a colleague without sees_people never reads.
PERSONAL: frozenset[Model] = frozenset(
    {
        Activity,
        Contact,
        CustomValue,
        Household,
        HouseholdMember,
        ImportRefusal,
        Interest,
        JourneyEntry,
        MailPreference,
        Membership,
        Message,
        MessageEvent,
        WebhookDelivery,
    }
)


def models_of(kind: TableKind) -> list[Model]:
    """Every concrete model of this kind, by table name."""
    found = [m for m in apps.get_models() if getattr(m, "table_kind", None) is kind]
    return sorted(found, key=lambda model: model._meta.db_table)


def without_maker() -> list[str]:
    """A sentence for each fenced model that this suite cannot fill."""
    per_library = {*models_of(TableKind.TENANT), *models_of(TableKind.AGGREGATE)} - set(MAKERS)
    shared = set(models_of(TableKind.SHARED)) - set(SHARED_MAKERS) - SHARED_ROWS
    return sorted(
        f"{model._meta.label} has no maker: add one to {registry} in tests/isolation/makers.py,"
        " so that its fence is probed."
        for models_, registry in ((per_library, "MAKERS"), (shared, "SHARED_MAKERS"))
        for model in models_
    )


def build(*, words_of_aalst: str = "rustig") -> World:
    """Both libraries, filled by the app's own role through the one door."""
    with acting_for_network():
        shared = {model: _saved(model, fields, NOWHERE, {}, "") for model, fields in SHARED_MAKERS.items()}
    shared |= {model: model._default_manager.get() for model in SHARED_ROWS}
    return World(
        zottegem=_library("zottegem", ZOTTEGEMS, "kanarie"),
        aalst=_library("aalst", AALSTS, words_of_aalst),
        shared=shared,
    )


def a_network_colleague() -> User:
    user = _user("netwerk@example.be", "Lieve Kestens")
    NetworkRole.objects.create(user=user, role=NetworkRole.Role.NETWORK_ADMIN)
    return user


def a_colleague(library: Library, *, role: str, sees_people: bool) -> User:
    """Somebody with this role, and a name without any of the library's words."""
    user = _user(f"{role}-{'ziet' if sees_people else 'telt'}@{library.slug}.example.be", "Wout Maes")
    StaffRole.objects.create(library=library, user=user, role=role, sees_people=sees_people)
    return user


def _user(email: str, name: str, **fields: Any) -> User:
    user = User(email=email, name=name, **fields)
    # As unusable as no password at all, and as quick.
    user.set_unusable_password()
    user.save(force_insert=True)
    return user


def _library(slug: str, number: int, word: str) -> Tenant:
    library = Library.objects.create(
        pk=number + 500, slug=slug, name=f"{word}bibnaam", municipality=f"{word}gemeente"
    )
    staff = _user(f"admin@{slug}.example.be", f"{word}collega", pk=number)
    StaffRole.objects.create(pk=number, library=library, user=staff, role=StaffRole.Role.ADMIN)
    its = Tenant(library, number, staff)
    # A journey and its version point at each other, so the keys wait until both are there.
    settle()
    its.canaries |= {f"{word}collega": "tenancy_user.name", f"{word}bibnaam": "tenancy_library.name"}
    with acting_for(library.pk):
        for model, fields in MAKERS.items():
            its.rows[model] = _saved(model, fields(its), number, its.canaries, word)
    settle()
    return its


def settle() -> None:
    """Have the deferred keys judged now; alterations of a table cannot wait for them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _saved(model: Model, fields: Fields, number: int, canaries: dict[str, str], word: str) -> models.Model:
    row = model(pk=number, **fields)
    for text in _texts(model, fields):
        place = f"{model._meta.db_table}.{text.column}"
        said = f"{word}{_numbers.setdefault(place, 100 + len(_numbers))}"
        canaries[said] = place
        filled = _with_word(fields[text.name], said) if text.name in fields else _shaped(text, said)
        setattr(row, text.attname, filled)
    row.save(force_insert=True)
    return row


def _texts(model: Model, fields: Fields) -> Iterator["models.Field[Any, Any]"]:
    """Columns that get a word of their own: free texts, and whatever says where it comes."""
    yield from _free_texts(model, fields)
    yield from (column for column in model._meta.concrete_fields if WORD in str(fields.get(column.name)))


def _with_word(value: Any, said: str) -> Any:
    """The same with our word wherever WORD stands."""
    match value:
        case dict():
            return {key: _with_word(part, said) for key, part in value.items()}
        case list():
            return [_with_word(part, said) for part in value]
        case str():
            return value.replace(WORD, said)
    return value


# A column keeps its number, so that a library with the same word has the very same texts.
_numbers: dict[str, int] = {}


def _free_texts(model: Model, fields: Fields) -> Iterator["models.Field[Any, Any]"]:
    """Columns in which anything may stand, long enough for a word of our own."""
    for text in model._meta.concrete_fields:
        is_text = isinstance(text, models.CharField | models.TextField)
        is_long = text.max_length is None or text.max_length >= 10
        if is_text and is_long and not text.choices and text.name not in fields:
            yield text


def _shaped(text: "models.Field[Any, Any]", word: str) -> str:
    if isinstance(text, models.URLField):
        return f"https://example.be/{word}"
    if isinstance(text, models.EmailField) or text.name in {"email", "email_norm"}:
        return f"{word}@example.be"
    return word
