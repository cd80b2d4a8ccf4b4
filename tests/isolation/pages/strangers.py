"""What strangers, and colleagues without permission, try on the addresses of a library."""

from collections.abc import Iterable, Iterator

from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import TenantForeignKey
from members.models import Contact
from tests.isolation import makers
from tests.isolation.makers import NOWHERE, Tenant, World
from tests.isolation.pages.routes import NUMBERS, address
from tests.isolation.pages.visitor import Answer, Visitor

_SEARCHES = ("q", "zoek", "naam", "name", "email", "code")
_NO_SLUG = "nergenst"
METHODS = ("GET", "HX", "POST")


def route_leaks(route: str, world: World) -> list[str]:
    """All that anonymous visitors and Aalst's admin get out of one address of a library."""
    zottegem = world.zottegem
    owner, nobody = Visitor(zottegem.staff), Visitor(watching=zottegem)
    stranger = Visitor(world.aalst.staff, watching=zottegem)
    found = []
    # Whoever comes first may fill a cache from which the next is served.
    owner.ask("GET", address(route, slug="zottegem", number=zottegem.number))
    for method in METHODS:
        found += [f"{method} /{route}: {leak}" for leak in _from_outside(route, method, nobody)]
        found += [f"{method} /{route}: {leak}" for leak in _at_their_address(route, method, stranger)]
        found += [f"{method} /{route}: {leak}" for leak in _at_own_address(route, method, stranger, world)]
        found += [f"{method} /{route}: {leak}" for leak in _by_name(route, method, stranger, world)]
    return found


def _from_outside(route: str, method: str, nobody: Visitor) -> Iterator[str]:
    theirs, nowhere = _pair(nobody, method, route)
    if theirs.status not in {302, 404}:
        yield f"anonymous gets {theirs.status}"
    if theirs.status == 302 and not theirs.location.startswith("/account/login/"):
        yield f"anonymous is sent to {theirs.location}"
    if theirs != nowhere:
        yield "anonymous can tell a library that exists"


def _at_their_address(route: str, method: str, stranger: Visitor) -> Iterator[str]:
    theirs, nowhere = _pair(stranger, method, route)
    if theirs.status != 404:
        yield f"Aalst's admin gets {theirs.status} at Zottegem's address"
    if theirs != nowhere:
        yield "Aalst's admin can tell Zottegem from no library"


def _at_own_address(route: str, method: str, stranger: Visitor, world: World) -> Iterator[str]:
    for fields in ([], id_like_fields()):
        theirs, nowhere = (
            stranger.ask(
                method, address(route, slug="aalst", number=number), dict.fromkeys(fields, str(number))
            )
            for number in (world.zottegem.number, NOWHERE)
        )
        if theirs != nowhere:
            yield f"Aalst's admin can tell Zottegem's number from nowhere ({theirs.status}, {nowhere.status})"
        yield from wrong_with(theirs, world.zottegem.canaries)
        own = address(route, slug="aalst", number=world.aalst.number)
        yield from wrong_with(
            stranger.ask(method, own, dict.fromkeys(fields, str(world.zottegem.number))),
            world.zottegem.canaries,
        )


def _by_name(route: str, method: str, stranger: Visitor, world: World) -> Iterator[str]:
    """Aalst looks for a person of Zottegem under every name a search may have."""
    name, other = world.zottegem.of(Contact).last_name, "nergens999"
    own = address(route, slug="aalst", number=world.aalst.number)
    theirs, nowhere = (stranger.ask(method, own, dict.fromkeys(_SEARCHES, word)) for word in (name, other))
    if theirs.body.replace(name, other) != nowhere.body:
        yield f"Aalst's admin can tell the name of a person of Zottegem ({theirs.status}, {nowhere.status})"


def wrong_with(answer: Answer, words: Iterable[str]) -> Iterator[str]:
    """Words that may not be there, rows that may not change, and a page that breaks."""
    yield from words_in(answer, words)
    yield from (f"changes {table} of Zottegem" for table in answer.changed)
    if answer.status >= 500:
        yield f"fails with {answer.status}: {answer.body[:200]}"


def _pair(visitor: Visitor, method: str, route: str) -> tuple[Answer, Answer]:
    """The answers at Zottegem's address and at that of no library, alike but for what they tell."""
    theirs = visitor.ask(method, address(route, slug="zottegem", number=makers.ZOTTEGEMS))
    nowhere = visitor.ask(method, address(route, slug=_NO_SLUG, number=NOWHERE))
    return _without_slug(theirs, "zottegem"), _without_slug(nowhere, _NO_SLUG)


def _without_slug(answer: Answer, slug: str) -> Answer:
    return answer._replace(
        location=answer.location.replace(slug, "SLUG"), body=answer.body.replace(slug, "SLUG")
    )


def words_in(answer: Answer, words: Iterable[str]) -> Iterator[str]:
    said = answer.body + answer.location
    for word in words:
        if word in said:
            yield f"shows {word} of Zottegem"


def id_like_fields() -> list[str]:
    """Names under which a page might take a number: each key of each table, and the usual ones."""
    keys = {
        key.name
        for model in makers.models_of(TableKind.TENANT)
        for key in model._meta.concrete_fields
        if isinstance(key, TenantForeignKey)
    }
    return sorted(
        {*keys, *(f"{key}_id" for key in keys), *NUMBERS, "library", "library_id", "id", "pk", "subject_id"}
    )


def words_without_permission(route: str, zottegem: Tenant, visitor: Visitor) -> list[str]:
    """Words about persons that this colleague of Zottegem gets from an address."""
    personal = {model._meta.db_table for model in makers.PERSONAL}
    words = [word for word, place in zottegem.canaries.items() if place.split(".")[0] in personal]
    path = address(route, slug="zottegem", number=zottegem.number)
    return [
        f"{method} /{route}: {leak}"
        for method in ("GET", "POST")
        for leak in words_in(visitor.ask(method, path), words)
    ]
