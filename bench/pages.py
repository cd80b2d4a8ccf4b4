"""P11: each staff page of a library of a hundred thousand, among the others: time, queries and plans."""

import json
import logging
import os
import statistics
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import psycopg2
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import crowd, network
from bench.figure import Figure
from bench.tools import AT, timed
from bench.walk import STEP, a_journey
from bibmail.tenancy import acting_for, database
from bibmail.tenancy.models import Library
from tests import factories
from tests.isolation import makers, pages

_PEOPLE = {"ci": 10_000, "demo": 100_000, "network": 100_000}
_REPEATS = 3
_MOST = 12
# Rows from which on a table is not to be read from end to end for a page.
_BIG = 5_000
_START = f"{pages.IN_LIBRARY}"
# Somebody types a name, letter by letter; then an address and a number.
_TYPED = ("pe", "peet", "peeters", "peeters 9", "peeters 99", "noor p", "lezer.zottegem.9", "lezer.zottegem.99@ex",
          "4711", "o'n")  # fmt: skip


class Page(NamedTuple):
    """What one page took."""

    route: str
    seconds: float
    queries: int
    # Of each big table that was read from end to end, the statement.
    scans: list[str]


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """Slowest page beside the start page; queries; whole tables read; and search while somebody types."""
    library = _settled(set_name, seed)
    # What takes only a form says so at every question.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    client = _client(library)
    big = _big_tables()
    found = [page for route in pages.library_routes() if (page := _opened(client, library, route, big))]
    start = next(page for page in found if page.route == _START)
    slowest = sorted(found, key=lambda page: page.seconds, reverse=True)
    queries = sorted(found, key=lambda page: page.queries, reverse=True)
    scans = [f"{page.route} {scan}" for page in found for scan in page.scans]
    size = _PEOPLE[set_name]
    yield Figure(
        name="P11",
        ratio=slowest[0].seconds / start.seconds,
        target=5,
        more_is_better=False,
        peer=f"start:{start.seconds * 1000:.0f}ms",
        note=f"{len(found)} pages, {size} people; "
        + ", ".join(f"{_bare(page)} {page.seconds * 1000:.0f} ms" for page in slowest[:6]),
    )
    yield Figure(
        name="P11queries",
        ratio=queries[0].queries,
        target=_MOST,
        more_is_better=False,
        note=", ".join(f"{_bare(page)} {page.queries}" for page in queries[:4]),
    )
    yield Figure(name="P11scans", ratio=len(scans), target=0, more_is_better=False, note="; ".join(scans[:8]))
    typed = [(words, _typing(client, library, words, big)) for words in _TYPED]
    words, worst = max(typed, key=lambda one: one[1].seconds)
    yield Figure(
        name="P11search",
        ratio=worst.seconds / start.seconds,
        target=5,
        more_is_better=False,
        peer=f"start:{start.seconds * 1000:.0f}ms",
        note=f"worst {words!r} {worst.seconds * 1000:.0f} ms of {len(_TYPED)} in {size} people; "
        + f"{worst.queries} queries; whole tables read: {sum(len(one.scans) for _, one in typed)}",
    )


def _bare(page: Page) -> str:
    return page.route.removeprefix(pages.IN_LIBRARY) or "start"


def _settled(set_name: str, seed: int) -> Library:
    """A row of every kind in two libraries; then the crowd in one of them, and all the others of the set."""
    with transaction.atomic():
        its = makers.build().zottegem
    _skip_numbers()
    # This session planned its foreign key checks on tables of one row; the crowd needs another (see crowd.settle).
    connection.close()
    journey = a_journey(its.library)
    people = crowd.people(its.library, _PEOPLE[set_name], at=AT)
    network.enliven(its.library.pk, people, each=3, at=AT)
    crowd.entries(journey, people, step=STEP, due_at=AT)
    network.neighbours(set_name, seed, at=AT)
    crowd.settle([*network.TABLES, "journeys_journeyentry"])
    return its.library


def _skip_numbers() -> None:
    """The rows of every kind have numbers of their own choice; what follows begins well after them."""
    with closing(psycopg2.connect(database.libpq(os.environ["BENCH_ADMIN_URL"]))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute(
                "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 2000000) FROM pg_sequences"
                " WHERE schemaname = 'public' AND data_type = 'bigint'::regtype AND coalesce(last_value, 0) < 2000000"
            )


def _client(library: Library) -> Client:
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(factories.a_role(library).user)
    return client


def _big_tables() -> set[str]:
    """Of the tables that every library fills: where one has all the rows, it rightly reads all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= %s", [_BIG])
        return {row[0] for row in cursor.fetchall()} & set(network.TABLES)


def _opened(client: Client, library: Library, route: str, big: set[str]) -> Page | None:
    """A page that answers a GET; None for what only takes a form, a file or a step elsewhere."""
    path = pages.address(route, slug=library.slug, number=makers.ZOTTEGEMS)
    return _asked(client, library, route, path, {}, big)


def _typing(client: Client, library: Library, words: str, big: set[str]) -> Page:
    path = f"/b/{library.slug}/contacten/"
    page = _asked(client, library, "contacten/", path, {"q": words}, big, htmx=True)
    assert page, "the search does not answer"
    return page


def _asked(
    client: Client,
    library: Library,
    route: str,
    path: str,
    data: dict[str, str],
    big: set[str],
    *,
    htmx: bool = False,
) -> Page | None:
    headers = {"HX-Request": "true"} if htmx else {}
    if client.get(path, data, headers=headers).status_code != 200:
        return None
    with CaptureQueriesContext(connection) as captured:
        client.get(path, data, headers=headers)
    told = [query["sql"] for query in captured if _is_asked_by_the_page(query["sql"])]
    times = []
    for _ in range(_REPEATS):
        with timed() as watch:
            client.get(path, data, headers=headers)
        times.append(watch.seconds)
    if len(told) > _MOST:
        print(f"{len(told)} queries on {route}:", *told, sep="\n  ", file=sys.stderr)
    return Page(route, statistics.median(times), len(told), _scans(library, told, big))


def _is_asked_by_the_page(sql: str) -> bool:
    return (
        not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))
        and "set_config" not in sql
    )


def _scans(library: Library, statements: list[str], big: set[str]) -> list[str]:
    found = []
    with acting_for(library.pk), connection.cursor() as cursor:
        for sql in statements:
            if not sql.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
            plan = cursor.fetchone()[0]
            plan = json.loads(plan) if isinstance(plan, str) else plan
            found += [
                f"{table}: {' '.join(sql.split())[:120]}"
                for table in _read_whole(plan[0]["Plan"])
                if table in big
            ]
    return found


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        yield from _read_whole(child)
