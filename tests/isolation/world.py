"""The two libraries of every story about strangers, and what is known of their rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

from bibmail.tenancy.models import Library, User

ZOTTEGEMS, AALSTS, NOWHERE = 770_001, 880_001, 990_001
NOON = datetime(2026, 10, 6, 12, 0, tzinfo=UTC)
TODAY = date(2026, 10, 6)
# Inside JSON, or a text with a shape of its own: here the column's word comes.
WORD = "*WORD*"

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
Makers = dict[Model, Callable[[Tenant], Fields]]
