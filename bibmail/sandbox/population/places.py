"""Municipalities that do not exist, with a postcode that fits their province."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from bibmail.sandbox.population.words import words

_STARTS = words(
    """
    Heide Linde Zand Eiken Wilgen Elzen Hazel Beuken Essen Popel Brem Klaver Vlier Rozen Koren Haver
    Gerste Leeuwerik Reiger Kieviet Zwaluw Valken Everzwijn Vossen Hinde Merel Molen Schapen Ganzen
    Biezen Rietgors Dauw Nevel Zonne Sterren Maan Hemel Steen Kiezel Klei Turf Duin Bronnen Grachten
    Vijver Kapellen Abdij Priorij Burcht Toren Poorten Markt Veer Sluizen Vlasrote Appel Peren Kersen
    Noten Mispel
    """
)
_ENDS = words(
    """
    beke kerke velde zele gem hove berge donk dries straten rode ham laar wijk horst broek mere brugge
    kouter akker vijve heem loo mark
    """
)

# Combinations that do exist, or sound as if: nobody should look for his own library here.
_REAL: Final = frozenset(
    words(
        """
    zonnebeke zandhove zandberge molenbeke molenstraten steenbeke steenkerke steenbrugge steendonk
    steenvelde steenhuffel elzele heidekerke lindehove eikenlaar kapellenhove maanbeke markthove
    klaverhove molenbroek broekbeke kapellendonk
    """
    )
)

# Province: share of the libraries, postcodes, and where its groups lie.
_PROVINCES: Final = {
    "Antwerpen": (0.23, (2000, 2999)),
    "Limburg": (0.14, (3500, 3999)),
    "Oost-Vlaanderen": (0.21, (9000, 9999)),
    "Vlaams-Brabant": (0.21, (3000, 3499)),
    "West-Vlaanderen": (0.21, (8000, 8999)),
}
_QUARTERS: Final = ("Noord", "Oost", "Zuid", "West")


class Place(NamedTuple):
    municipality: str
    postal_code: str
    province: str
    group: str


def coin_places(rng: Random, count: int, taken: frozenset[str]) -> list[Place]:
    """So many different municipalities, the names in `taken` left out."""
    names = [start + end for start in _STARTS for end in _ENDS if start[-1] != end[0]]
    names = [name for name in names if name.lower() not in _REAL and name not in taken]
    provinces = list(_PROVINCES)
    shares = [share for share, _ in _PROVINCES.values()]
    codes = {
        name: rng.sample(range(low, high + 1), high - low + 1)
        for name, (_, (low, high)) in _PROVINCES.items()
    }
    places = []
    for name in rng.sample(names, count):
        province = rng.choices(provinces, shares)[0]
        group = f"Bibgroep {province} {rng.choice(_QUARTERS)}"
        places.append(Place(name, str(codes[province].pop()), province, group))
    return places
