"""The ready-made segments of `ready_made.yaml`, which a library takes over with one button."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

_FILE = Path(__file__).with_suffix(".yaml")


class ReadyMade(NamedTuple):
    """A rule with a name that a library can begin with."""

    code: str
    name: str
    rule: dict[str, Any]


@cache
def shelf() -> tuple[ReadyMade, ...]:
    """All of them, in the order of the file."""
    return tuple(ReadyMade(**one) for one in yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def of(code: str) -> ReadyMade | None:
    """The one of this code, if there is one."""
    return next((one for one in shelf() if one.code == code), None)
