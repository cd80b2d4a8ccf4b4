"""Titles that nobody wrote, in one pool for all libraries, so that the same record stands in many of them."""

from __future__ import annotations

from functools import lru_cache
from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.draws import Weighted, stream
from bibmail.sandbox.population.names import first_name, last_name
from bibmail.sandbox.population.words import words

_ADJECTIVES = words(
    """
    stille verloren gouden laatste blauwe donkere vergeten kleine verborgen lange witte zoute dappere
    vreemde gebroken eeuwige scheve luie wilde tweede kromme heldere omgekeerde
    """
)
_NOUNS = words(
    """
    tuin brief klok rivier kaart sleutel winter spiegel vuurtoren fiets keuken trein storm zolder
    vlieger dijk hond kapitein oogst brug schaduw bakker zee draak uil heks ridder robot meester polder
    koffer
    """
)
_PLACES = (
    "aan zee",
    "in de mist",
    "van mijn vader",
    "op zolder",
    "na middernacht",
    "zonder naam",
    "van gisteren",
)
_CHILD_AGES: Final = (
    "vanaf 0-2 jaar",
    "vanaf 3-5 jaar",
    "vanaf 6-8 jaar",
    "vanaf 9-11 jaar",
    "vanaf 12-14 jaar",
)
_ADULT_AGE: Final = "vanaf 15 jaar"
# ZIZO codes are shaped like the real ones (age, then subject); the subjects are ours.
_GENRES: Final = {
    True: (
        ("prentenboek", "KZPRE"),
        ("voorlezen", "KZVOE"),
        ("avontuur", "JZAVO"),
        ("dieren", "JZDIE"),
        ("strip", "JZSTR"),
    ),
    False: (
        ("roman", "VZROM"),
        ("thriller", "VZSPA"),
        ("historisch", "VZHIS"),
        ("koken", "VZKOK"),
        ("reizen", "VZREI"),
        ("gezondheid", "VZGEZ"),
        ("strip", "VZSTR"),
    ),
}
_MATERIALS: Final = Weighted(
    [
        ("boek", 0.80),
        ("e-boek", 0.04),
        ("strip", 0.06),
        ("luisterboek", 0.03),
        ("dvd", 0.03),
        ("cd", 0.02),
        ("spel", 0.02),
    ]
)
_LANGUAGES: Final = Weighted([("dut", 0.90), ("eng", 0.06), ("fre", 0.04)])


class Title(NamedTuple):
    record_id: str
    isbn: str
    title: str
    author: str
    material: str
    language: str
    age_label: str
    genre: str
    zizo: str
    for_children: bool


def isbn13(prefix: str, number: int) -> str:
    """An ISBN with the right check digit."""
    body = f"{prefix}{number:0{12 - len(prefix)}}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body))
    return f"{body}{-total % 10}"


@lru_cache(maxsize=4)
def title_pool(seed: int, count: int) -> tuple[Title, ...]:
    """The first so many titles there are; title n is the same in every set."""
    rng = stream(seed, "titles")
    return tuple(_title(rng, n) for n in range(count))


def _title(rng: Random, n: int) -> Title:
    for_children = rng.random() < 0.45
    adjective, noun, other = rng.choice(_ADJECTIVES), rng.choice(_NOUNS), rng.choice(_NOUNS)
    text = rng.choice(
        (
            f"De {adjective} {noun}",
            f"{noun.capitalize()} {rng.choice(_PLACES)}",
            f"De {noun} en de {other}",
            f"Het jaar van de {adjective} {noun}",
            f"{noun.capitalize()}, {other} & co.",
            f"Waarom de {noun} zweeg: over een {adjective} {other}",
        )
    )
    if rng.random() < 0.15:
        text = f"{text} {rng.randint(2, 9)}"
    author = f"{last_name(rng)}, {first_name(rng, rng.choice('VM'), 40)}"
    genre, zizo = rng.choice(_GENRES[for_children])
    material = _MATERIALS.draw(rng)
    isbn = isbn13(*(("97890", 1_000_000 + n) if n % 4 else ("9798", 10_000_000 + n)))
    return Title(
        f"vlacc:{10_300_000 + n * 7}",
        isbn if material in {"boek", "e-boek", "strip", "luisterboek"} else "",
        text,
        author,
        material,
        _LANGUAGES.draw(rng),
        rng.choice(_CHILD_AGES) if for_children else _ADULT_AGE,
        genre,
        zizo,
        for_children,
    )


def pool_size(titles: int) -> int:
    return titles * 5 // 2
