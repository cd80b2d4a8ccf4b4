"""What every table of a kind has in common; the fence itself stands in the migrations (rls.py)."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.scope import current_library_id

if TYPE_CHECKING:
    _ForeignKey = models.ForeignKey[Any, Any]
else:
    _ForeignKey = models.ForeignKey


class TenantForeignKey(_ForeignKey):
    """A key to a row of the same library.

    Django makes no constraint and no index: `rls.composite_fk` makes the key (library_id, column), since a
    plain key sees through row-level security, and each model declares its indexes, library first.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_constraint", False)
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)


class TenantModel(models.Model):
    """A row of one library; without ``acting_for`` it can be neither made nor read."""

    table_kind: ClassVar[TableKind] = TableKind.TENANT

    library = models.ForeignKey(
        "tenancy.Library",
        on_delete=models.PROTECT,
        related_name="+",
        default=current_library_id,
        editable=False,
        # Every index of a tenant table starts with the library and goes on; this one alone serves nothing.
        db_index=False,
    )

    class Meta:
        abstract = True


class SharedModel(models.Model):
    """A row of the whole network: every library reads it, only scope network writes it."""

    table_kind: ClassVar[TableKind] = TableKind.SHARED

    class Meta:
        abstract = True


class AggregateModel(models.Model):
    """Counts of one library, written by its own job and read by the network; nothing about a person."""

    table_kind: ClassVar[TableKind] = TableKind.AGGREGATE

    library = models.ForeignKey(
        "tenancy.Library",
        on_delete=models.PROTECT,
        related_name="+",
        default=current_library_id,
        db_index=False,
    )

    class Meta:
        abstract = True
