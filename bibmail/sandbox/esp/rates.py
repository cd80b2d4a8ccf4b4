"""How often what happens to a mail, and how soon. Kept in the sandbox's folder; a page or a test can set it.

The figures are those of a provider that knows its addresses a little: the first send bounces most.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any


class BadRates(Exception):
    """A rate that does not exist or cannot be; the message says which."""


@dataclass(frozen=True)
class Rates:
    """Shares between 0 and 1, of the mails that got as far as that."""

    # Of all addresses, the same ones every time.
    hard_bounce: float = 0.02
    blocked: float = 0.001
    soft_bounce: float = 0.006
    # Of the soft bounces, after some hours.
    soft_then_delivered: float = 0.5
    # Told by the provider.
    complaint: float = 0.0005
    unsubscribed: float = 0.0002
    # Done by people.
    click: float = 0.07
    unsubscribe: float = 0.005
    preferences: float = 0.006
    reply: float = 0.004
    # Done by machines.
    scanner: float = 0.04
    prefetch: float = 0.5
    link_prefetch: float = 0.01
    # The provider's own disorder.
    duplicate: float = 0.01
    out_of_order: float = 0.02
    # What somebody changes among the preferences: weights.
    topic_off: float = 3.0
    topic_on: float = 3.0
    slow_down: float = 2.0
    interest_studying: float = 1.0

    @property
    def choices(self) -> dict[str, float]:
        """Weight of each change among the preferences."""
        names = ("topic_off", "topic_on", "slow_down", "interest_studying")
        return {name: getattr(self, name) for name in names}


_WEIGHTS = set(Rates().choices)
_NAMES = {one.name for one in fields(Rates)}

# Of the plan's table of engagement: service mail, welcome 1 / 2 / 3, newsletter; the rest stands above.
_BY_TAG: dict[str, dict[str, float]] = {
    "newsletter": {"click": 0.035, "unsubscribe": 0.0035, "complaint": 0.0004, "reply": 0.001},
    "welcome": {"click": 0.07, "unsubscribe": 0.004, "complaint": 0.0003, "reply": 0.006},
    "welcome_hours": {"click": 0.12},
    "welcome_hours_youth": {"click": 0.12},
    "welcome_hours_parent": {"click": 0.12},
}


@dataclass(frozen=True)
class Habits:
    """All that can be set."""

    rates: Rates = field(default_factory=Rates)
    # Other rates for mails with this tag, in lower case; a later tag wins: mails are tagged [journey, mail].
    by_tag: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: dict(_BY_TAG))
    # Until somebody reads: half of them within this time, nobody after the last.
    minutes_until_half: float = 90.0
    hours_until_last: float = 48.0
    # Another number is another world, in which other people click.
    seed: int = 1
    # Whether the provider also tells that it took the mail ("request").
    tells_requests: bool = False

    def of(self, tags: tuple[str, ...]) -> Rates:
        """The rates for a mail with these tags; the last tag wins."""
        own: dict[str, float] = {}
        for tag in tags:
            own |= self.by_tag.get(tag.lower(), {})
        return replace(self.rates, **own) if own else self.rates

    def as_dict(self) -> dict[str, Any]:
        """As it is written to the file and shown."""
        return asdict(self)


def changed(habits: Habits, data: Any) -> Habits:
    """Habits with these values in their place; what is not named stays. Raises BadRates."""
    if not isinstance(data, dict):
        raise BadRates("Give an object.")
    unknown = set(data) - {one.name for one in fields(Habits)}
    if unknown:
        raise BadRates(f"There is no {sorted(unknown)[0]!r} to set.")
    by_tag = {**habits.by_tag, **_by_tag(data.get("by_tag", {}))}
    values: dict[str, Any] = {name: data[name] for name in data if name not in {"rates", "by_tag"}}
    for name, value in values.items():
        kind = bool if name == "tells_requests" else (int, float)
        if not isinstance(value, kind) or (kind is not bool and (isinstance(value, bool) or value < 0)):
            raise BadRates(f"{name} cannot be {value!r}.")
    rates = replace(habits.rates, **_rates(data.get("rates", {})))
    return replace(habits, rates=rates, by_tag=by_tag, **values)


def load(folder: Path) -> Habits:
    """What was set before, or the defaults."""
    path = folder / "rates.json"
    return changed(Habits(), json.loads(path.read_text())) if path.exists() else Habits()


def save(folder: Path, habits: Habits) -> None:
    """Keep for the next start."""
    fresh = folder / "rates.json.new"
    fresh.write_text(json.dumps(habits.as_dict(), indent=1))
    fresh.replace(folder / "rates.json")


def _by_tag(data: Any) -> dict[str, dict[str, float]]:
    if not isinstance(data, dict):
        raise BadRates("by_tag is an object of tags.")
    return {str(tag).lower(): _rates(own) for tag, own in data.items()}


def _rates(data: Any) -> dict[str, float]:
    if not isinstance(data, dict):
        raise BadRates("Rates are an object of names and shares.")
    for name, share in data.items():
        if name not in _NAMES:
            raise BadRates(f"There is no rate {name!r}.")
        if isinstance(share, bool) or not isinstance(share, int | float) or share < 0:
            raise BadRates(f"{name} cannot be {share!r}.")
        if share > 1 and name not in _WEIGHTS:
            raise BadRates(f"{name} is a share between 0 and 1.")
    return {name: float(share) for name, share in data.items()}
