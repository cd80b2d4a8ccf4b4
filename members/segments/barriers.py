"""What keeps a mail from people who want it, as apps above know it: a stop, a pause. The bridge shows each."""

from typing import NamedTuple

from django.utils.functional import Promise


class Barrier(NamedTuple):
    """Why somebody drops out, and SQL that is true for a person of alias `c` at %(at)s, and never NULL."""

    label: str | Promise
    sql: str


_barriers: list[Barrier] = []


def register(barrier: Barrier) -> None:
    """Called from AppConfig.ready(), in the order in which the bridge shows them."""
    _barriers.append(barrier)


def all_barriers() -> list[Barrier]:
    """Every reason, from first to last."""
    return list(_barriers)
