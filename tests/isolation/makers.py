"""Two libraries with a row in every table: Zottegem owns, Aalst is the stranger.

All rows of a library carry one number, so that a page can be asked for "the same number, but Zottegem's"
whatever it shows. Every free text of Zottegem holds a word that stands nowhere else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from bibmail.network.models import LibraryStatsDaily
from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import (
    AuditEntry,
    Branch,
    Library,
    NetworkRole,
    OpeningException,
    OpeningHours,
    StaffRole,
    User,
)
from campaigns.models import Capability, CatalogueItem, CatalogueTitle, LibraryEvent
from consent.models import Consent, DataUse, LibraryTopic, Suppression, Topic, Wording
from members.models import (
    Activity,
    ActivityBaseline,
    ActivitySummary,
    Contact,
    Household,
    HouseholdMember,
    ImportRefusal,
    ImportRun,
    Membership,
)

ZOTTEGEMS, AALSTS, NOWHERE = 770_001, 880_001, 990_001
NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
TODAY = date(2026, 10, 6)

Model = type[models.Model]
Fields = dict[str, Any]


@dataclass
class Tenant:
    """One library and its row in every table."""

    library: Library
    number: int
    staff: User
    rows: dict[Model, models.Model] = field(default_factory=dict)
    # Word -> "table.column" where it stands.
    canaries: dict[str, str] = field(default_factory=dict)

    def of(self, model: Model) -> Any:
        return self.rows[model]


@dataclass(frozen=True)
class World:
    zottegem: Tenant
    aalst: Tenant
    shared: dict[Model, models.Model]


# What a row needs beside its texts, which the builder fills. A text that is named here is a code that
# the product reads, or has a shape of its own.
MAKERS: dict[Model, Callable[[Tenant], Fields]] = {
    Branch: lambda its: {},
    OpeningHours: lambda its: {
        "branch": its.of(Branch),
        "weekday": 2,
        "opens": time(10),
        "closes": time(18),
    },
    OpeningException: lambda its: {
        "branch": its.of(Branch),
        "starts_on": date(2099, 12, 24),
        "ends_on": date(2099, 12, 26),
    },
    AuditEntry: lambda its: {
        "actor": its.staff,
        "act": "branch.changed",
        "subject_kind": "branch",
        "subject_id": its.number,
        "at": NOON,
    },
    Contact: lambda its: {
        "date_of_birth": date(1989, 3, 12),
        "recipient_hash": UUID(int=its.number),
        "source": "wise",
        "sourced_at": NOON,
    },
    Membership: lambda its: {
        "contact": its.of(Contact),
        "home_branch": its.of(Branch),
        "enrolled_on": date(2024, 9, 2),
        "expires_on": date(2027, 9, 1),
        "source": "wise",
        "sourced_at": NOON,
    },
    Household: lambda its: {},
    HouseholdMember: lambda its: {
        "household": its.of(Household),
        "contact": its.of(Contact),
        "linked_on": TODAY,
    },
    Activity: lambda its: {
        "contact": its.of(Contact),
        "branch": its.of(Branch),
        "kind": "loan",
        "occurred_at": NOON,
        "source": "wise",
    },
    ActivitySummary: lambda its: {"contact": its.of(Contact), "last_active_on": TODAY},
    ActivityBaseline: lambda its: {"contact": its.of(Contact), "last_active_on": TODAY},
    ImportRun: lambda its: {
        "sink": "members",
        "source": "wise",
        "state": "done",
        "refused_count": 1,
        "rows_count": 1,
        "refused_by_code": {"bad_date": 1},
        "reading": {"encoding": "utf-8", "separator": ";", "ignored": [], "national": []},
        "started_by": its.staff,
        "created_at": NOON,
        "finished_at": NOON,
    },
    ImportRefusal: lambda its: {
        "run": its.of(ImportRun),
        "line": 7,
        "column": "geboortedatum",
        "code": "bad_date",
    },
    LibraryTopic: lambda its: {"topic": Topic.objects.get(code="newsletter")},
    Wording: lambda its: {
        "subject": "topic",
        "code": "newsletter",
        "version": 1,
        "created_at": NOON,
    },
    Consent: lambda its: {
        "contact": its.of(Contact),
        "subject": "topic",
        "code": "newsletter",
        "wording": its.of(Wording),
        "opened_by": its.staff,
        "opened_at": NOON,
    },
    Suppression: lambda its: {
        "scope": "contact",
        "reach": "marketing",
        "reason": "unsubscribed",
        "contact": its.of(Contact),
        "since": NOON,
    },
    LibraryEvent: lambda its: {"branch": its.of(Branch), "starts_at": datetime(2099, 12, 1, 19, tzinfo=UTC)},
    CatalogueItem: lambda its: {
        "branch": its.of(Branch),
        "title": CatalogueTitle.objects.get(pk=NOWHERE),
        "added_on": TODAY,
    },
    Capability: lambda its: {},
    LibraryStatsDaily: lambda its: {"day": TODAY, "people_count": 1},
}

SHARED_MAKERS: dict[Model, Fields] = {
    Topic: {"code": "planted", "message_class": "marketing", "position": 90},
    DataUse: {"code": "planted", "position": 90},
    CatalogueTitle: {},
}

# What tells of a person: the words a colleague without sees_people never reads.
PERSONAL: frozenset[Model] = frozenset(
    {Contact, Membership, Household, HouseholdMember, Activity, ImportRefusal}
)


def models_of(kind: TableKind) -> list[Model]:
    """Every concrete model of this kind, by table name."""
    found = [m for m in apps.get_models() if getattr(m, "table_kind", None) is kind]
    return sorted(found, key=lambda model: model._meta.db_table)


def without_maker() -> list[str]:
    """A sentence for each fenced model that this suite cannot fill."""
    per_library = {*models_of(TableKind.TENANT), *models_of(TableKind.AGGREGATE)} - set(MAKERS)
    shared = set(models_of(TableKind.SHARED)) - set(SHARED_MAKERS)
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
    for text in _free_texts(model, fields):
        place = f"{model._meta.db_table}.{text.column}"
        said = f"{word}{_numbers.setdefault(place, 100 + len(_numbers))}"
        canaries[said] = place
        setattr(row, text.attname, _shaped(text, said))
    row.save(force_insert=True)
    return row


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
