"""What the pages outside every library, and those of the network, tell of one."""

from bibmail.tenancy.models import User
from tests.isolation.makers import World
from tests.isolation.pages.routes import address
from tests.isolation.pages.strangers import METHODS, words_in
from tests.isolation.pages.visitor import Visitor


def open_leaks(route: str, world: World) -> list[str]:
    """Words of Zottegem on a page outside every library, for anybody and for Aalst's admin."""
    owner, others = Visitor(world.zottegem.staff), (Visitor(), Visitor(world.aalst.staff))
    path = address(route, slug="", number=0)
    owner.ask("GET", path)
    return [
        f"/{route}: {leak}"
        for visitor in others
        for leak in words_in(visitor.ask("GET", path), world.zottegem.canaries)
    ]


def network_leaks(route: str, world: World, colleague: User) -> list[str]:
    """A page of the network: closed to libraries, and without a word from any of their rows."""
    path = address(route, slug="", number=world.zottegem.number)
    # That a library exists, and how it is called, the network knows.
    words = [w for w, place in world.zottegem.canaries.items() if not place.startswith("tenancy_library")]
    found = []
    for method in METHODS:
        if Visitor().ask(method, path).status not in {302, 404}:
            found.append(f"{method} /{route}: anonymous gets in")
        if Visitor(world.aalst.staff).ask(method, path).status != 404:
            found.append(f"{method} /{route}: Aalst's admin gets in")
        answer = Visitor(colleague).ask(method, path)
        found += [f"{method} /{route}: {leak}" for leak in words_in(answer, words)]
        if answer.status >= 500:
            found.append(f"{method} /{route}: fails with {answer.status}: {answer.body[:200]}")
    return found
