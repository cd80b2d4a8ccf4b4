"""What a subject tells of its addresses, so that a stranger can ask for each."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from django.db import models


@dataclass(frozen=True)
class Subject:
    """The parameters in the addresses of one part of the product, and its pages outside every library."""

    # A parameter -> whose number it is. Zottegem has one row of each under its one number.
    numbers: Mapping[str, type[models.Model]] = field(default_factory=dict)
    # A parameter that means the same for every library -> what it says.
    same_for_all: Mapping[str, str] = field(default_factory=dict)
    # Addresses that stand in no library and not in the network either.
    outside: Set[str] = frozenset()
