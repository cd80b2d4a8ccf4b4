"""The three sets: which libraries they hold, how large each is, and which members two of them share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final, NamedTuple

from bibmail.sandbox.population.draws import quotas, stream
from bibmail.sandbox.population.places import Place, coin_places

# Of all persons, 5.5 % have two memberships and 0.5 % three; so a person has 1.065 on average.
_PAIRS_PER_MEMBERSHIP: Final = 0.055 / 1.065
_TRIPLES_PER_MEMBERSHIP: Final = 0.005 / 1.065


class Tier(NamedTuple):
    mean: int
    branches: tuple[int, int]
    events: int
    visits: int


TIERS: Final = {
    "XL": Tier(90_000, (15, 20), 1200, 1_700_000),
    "L": Tier(26_000, (5, 9), 500, 300_000),
    "M+": Tier(10_500, (3, 5), 220, 105_000),
    "M": Tier(5_200, (2, 3), 110, 52_000),
    "S": Tier(3_000, (1, 2), 60, 28_000),
    "XS": Tier(1_600, (1, 1), 25, 14_000),
}
_NETWORK: Final = {"XL": 2, "L": 11, "M+": 40, "M": 110, "S": 108, "XS": 29}

# 1:50, but for XL and L: true to scale (1,800 and 520) they would be two thirds of the set.
_CI: Final = {"XL": (360,), "L": (320,), "M+": (210,), "M": (104,) * 3, "S": (60,) * 3, "XS": (32,) * 3}
_DEMO: Final = (
    ("S", 3_000, Place("Heidebeke", "9671", "Oost-Vlaanderen", "Bibgroep Oost-Vlaanderen Zuid")),
    ("M+", 10_500, Place("Lindekerke", "9673", "Oost-Vlaanderen", "Bibgroep Oost-Vlaanderen Zuid")),
    ("L", 26_000, Place("Zandvelde", "9677", "Oost-Vlaanderen", "Bibgroep Oost-Vlaanderen Zuid")),
)
_DEMO_SERVICES: Final = {
    "Heidebeke": {"ebooks"},
    "Lindekerke": {"ebooks", "seat_reservations"},
    "Zandvelde": {"ebooks", "seat_reservations", "cinebib"},
}
SETS: Final = ("demo", "ci", "network")

# Share of the libraries that have the service.
_SERVICES: Final = {
    "ebooks": 0.72,
    "seat_reservations": 0.40,
    "cinebib": 40 / 300,
    "fundels": 0.60,
    "bieblo": 0.75,
    "digipunt": 0.85,
    "home_delivery": 0.45,
    "open_plus": 0.20,
}


class Shared(NamedTuple):
    """So many persons are members of all these libraries (by number)."""

    libraries: tuple[int, ...]
    people: int


@dataclass(frozen=True, slots=True)
class LibraryPlan:
    """All that must be known of a library before its files are written."""

    number: int
    place: Place
    tier: str
    memberships: int
    inhabitants: int
    branches: int
    titles: int
    events: int
    services: frozenset[str]
    neighbours: tuple[Place, ...]
    shared: tuple[Shared, ...]
    set_size: int

    @property
    def slug(self) -> str:
        return self.place.municipality.lower()

    @property
    def name(self) -> str:
        return f"Bib {self.place.municipality}"


def plan(set_name: str, seed: int) -> list[LibraryPlan]:
    """The libraries of a set, the same for the same seed."""
    rng = stream(seed, set_name, "plan")
    sized = _sizes(set_name, seed)
    own = [place for _, _, place in _DEMO] if set_name == "demo" else []
    spare = max(8, len(sized) // 4)
    coined = coin_places(rng, len(sized) - len(own) + spare, frozenset(p.municipality for p in own))
    places = (own + coined)[: len(sized)]
    if set_name == "ci":  # So few would otherwise all lie in a group of their own, and share nobody.
        places = [place._replace(group="Bibgroep Midden") for place in places]
    shared = _shares([size for _, size in sized], [place.group for place in places])
    titles = {"demo": 3_000, "ci": 100, "network": 2_000}[set_name]
    plans = []
    for number, ((tier, size), place) in enumerate(zip(sized, places, strict=True)):
        few, many = TIERS[tier].branches
        drawn = {service for service, share in _SERVICES.items() if rng.random() < share}
        if set_name == "demo":
            drawn = (drawn - {"ebooks", "seat_reservations", "cinebib"}) | _DEMO_SERVICES[place.municipality]
        plans.append(
            LibraryPlan(
                number=number,
                place=place,
                tier=tier,
                memberships=size,
                inhabitants=int(size * rng.uniform(3.2, 4.3)),
                branches=min(rng.randint(few, many), 4) if set_name == "ci" else rng.randint(few, many),
                titles=titles,
                events=max(6, TIERS[tier].events // 10) if set_name == "ci" else TIERS[tier].events,
                services=frozenset(drawn),
                neighbours=tuple(rng.sample(coined[-spare:], 5)),
                shared=tuple(share for share in shared if number in share.libraries),
                set_size=len(sized),
            )
        )
    return plans


def _sizes(set_name: str, seed: int) -> list[tuple[str, int]]:
    """Tier and number of memberships; within a tier lognormal, scaled to the total of the tier."""
    if set_name == "demo":
        return [(tier, size) for tier, size, _ in _DEMO]
    if set_name == "ci":
        return [(tier, size) for tier, sizes in _CI.items() for size in sizes]
    rng = stream(seed, set_name, "sizes")
    sized = [("XL", 120_000), ("XL", 60_000)]
    for tier, count in _NETWORK.items():
        if tier != "XL":
            weights = [rng.lognormvariate(0, 0.25) for _ in range(count)]
            sized += [(tier, size) for size in quotas(weights, count * TIERS[tier].mean)]
    return sized


def _shares(sizes: list[int], groups: list[str]) -> list[Shared]:
    """Whom libraries have in common: only within a group, and the more the larger they are.

    It follows from the plan alone, so that each library can be written without looking at another.
    """
    shared = []
    for group in sorted(set(groups)):
        numbers = [n for n, g in enumerate(groups) if g == group]
        total = sum(sizes[n] for n in numbers)
        pairs = list(combinations(numbers, 2))
        counts = quotas([float(sizes[a] * sizes[b]) for a, b in pairs], round(total * _PAIRS_PER_MEMBERSHIP))
        for pair, count in zip(pairs, counts, strict=True):
            shared.append(Shared(pair, min(count, min(sizes[n] for n in pair) // 5)))
        triples = sorted(
            {tuple(sorted(numbers[(i + j) % len(numbers)] for j in range(3))) for i in range(len(numbers))}
        )
        triples = [triple for triple in triples if len(set(triple)) == 3]
        if triples:
            for triple, count in zip(
                triples, quotas([1.0] * len(triples), round(total * _TRIPLES_PER_MEMBERSHIP)), strict=True
            ):
                shared.append(Shared(triple, min(count, min(sizes[n] for n in triple) // 20)))
    return [share for share in shared if share.people]
