"""Whose rows are we touching? One setting in the database, one variable here, one door to both."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

# None: nobody. "network": shared and aggregate tables. A number: that library.
_scope: ContextVar[int | str | None] = ContextVar("bibmail_scope", default=None)

_SET_SCOPE = """
    SELECT set_config('app.library_id', %(library_id)s, true),
           set_config('app.scope',      %(scope)s,      true)
"""


class NoLibrary(Exception):
    """A tenant row was asked for while acting for no library; open ``acting_for`` first."""


class AlreadyActing(Exception):
    """Inside one library's transaction nobody may turn to another library."""


def current_library_id() -> int:
    """The library we act for; raises NoLibrary outside ``acting_for``."""
    scope = _scope.get()
    if not isinstance(scope, int):
        raise NoLibrary("No library is set. Open tenancy.acting_for(library_id) around this code.")
    return scope


@contextmanager
def acting_for(library_id: int) -> Iterator[None]:
    """Act for one library within a transaction of its own; its rows are all that can be seen."""
    with _acting(library_id, library_id=str(library_id), scope="library"):
        yield


@contextmanager
def acting_for_network() -> Iterator[None]:
    """Act for the network: write shared rows, read aggregates, see no library's rows."""
    with _acting("network", library_id="", scope="network"):
        yield


@contextmanager
def _acting(wanted: int | str, *, library_id: str, scope: str) -> Iterator[None]:
    previous = _scope.get()
    if previous is not None and previous != wanted:
        raise AlreadyActing(f"Acting for {previous}; asked to act for {wanted}.")
    with transaction.atomic():
        if previous is None:
            _set_in_database(library_id=library_id, scope=scope)
        token = _scope.set(wanted)
        try:
            yield
            # A wider transaction (a test) outlives this one, and so would the setting. A rollback
            # restores it by itself, after an error or because the work is marked to be undone.
            if previous is None and not connection.needs_rollback:
                _set_in_database(library_id="", scope="")
        finally:
            _scope.reset(token)


def _set_in_database(*, library_id: str, scope: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET_SCOPE, {"library_id": library_id, "scope": scope})
