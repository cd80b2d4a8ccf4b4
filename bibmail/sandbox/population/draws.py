"""Chance that can be repeated: named streams, weighted choices, quotas, counts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from itertools import accumulate
from math import exp, lgamma, log
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


def stream(seed: int, *parts: Hashable) -> Random:
    """One stream of chance per subject: the loans of a library never disturb its members.

    Seeding with text is stable over processes and machines, which `hash()` is not.
    """
    return Random(":".join(str(part) for part in (seed, *parts)))  # noqa: S311 - no secrets here, only make-believe


def rounded(rng: Random, expected: float) -> int:
    """A whole number that is right on average, also when less than one is expected."""
    whole = int(expected)
    return whole + (rng.random() < expected - whole)


def quotas(weights: Sequence[float], total: int) -> list[int]:
    """Divide a total by weights, to the unit (largest remainders)."""
    scale = total / (sum(weights) or 1.0)
    shares = [int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: shares[i] - weights[i] * scale)
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


class Weighted(Generic[T]):
    """A choice between values that do not have the same chance."""

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        listed = list(pairs)
        self._values = [value for value, _ in listed]
        self._sums = list(accumulate(weight for _, weight in listed))

    def draw(self, rng: Random) -> T:
        sums = self._sums
        return self._values[bisect_right(sums, rng.random() * sums[-1])]


class LoanCount:
    """Loans of an active borrower in a year: negative binomial, many small and some above a hundred."""

    def __init__(self, mean: float, dispersion: float = 0.9, top: int = 400) -> None:
        chance = dispersion / (dispersion + mean)
        weights = [
            exp(
                lgamma(dispersion + n)
                - lgamma(dispersion)
                - lgamma(n + 1)
                + dispersion * log(chance)
                + n * log(1 - chance)
            )
            for n in range(1, top)
        ]
        self._sums = list(accumulate(weights))

    def draw(self, rng: Random) -> int:
        sums = self._sums
        return 1 + bisect_right(sums, rng.random() * sums[-1])
