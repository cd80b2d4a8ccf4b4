"""Who else looks at a library when it is swept: apps above register here."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol


class Follower(Protocol):
    def __call__(self, *, at: datetime) -> None:
        """Called within acting_for(library), after everything else of its sweep."""


_followers: list[Follower] = []


def register(follower: Follower) -> Callable[[], None]:
    """Called from AppConfig.ready(); gives back what takes it away again."""
    _followers.append(follower)
    return lambda: _followers.remove(follower)


def tell(*, at: datetime) -> None:
    """The library we act for was swept."""
    for follower in _followers:
        follower(at=at)
