"""How a source behaves badly: for the next so many requests on some path."""

import threading
from dataclasses import dataclass, field
from typing import Any

MODES = frozenset({
    "401", "404", "429", "500", "truncated", "slow", "garbage", "redirect", "huge",
    "unknown_field", "missing_field", "other_type", "duplicates", "out_of_order",
})  # fmt: skip


class BadSwitch(Exception):
    """Not a mode that we know."""


@dataclass
class Switch:
    """One misbehaviour, as long as it lasts."""

    mode: str
    on: str = ""
    times: int = 1
    # For "429": what Retry-After says, seconds or a date; nothing when empty. For "slow": how long.
    retry_after: str = ""
    seconds: float = 0.0
    # For the modes that change a record: which field.
    name: str = ""


@dataclass
class Switches:
    """What is switched on now."""

    _held: list[Switch] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, said: dict[str, Any]) -> None:
        """Switch one on; raises BadSwitch."""
        if said.get("mode") not in MODES or set(said) - set(Switch.__dataclass_fields__):
            raise BadSwitch
        with self._lock:
            self._held.append(Switch(**said))

    def clear(self) -> None:
        with self._lock:
            self._held.clear()

    def take(self, path: str) -> Switch | None:
        """The switch for this request, which is one time less on afterwards."""
        with self._lock:
            for switch in self._held:
                if switch.on in path:
                    switch.times -= 1
                    if switch.times <= 0:
                        self._held.remove(switch)
                    return switch
        return None


def spoiled(records: list[Any], switch: Switch | None) -> list[Any]:
    """The records of a page, as the switch wants them: drifted, doubled or turned round."""
    if switch is None:
        return records
    match switch.mode:
        case "unknown_field":
            return [record | {switch.name or "shoeSize": "43"} for record in records]
        case "missing_field":
            return [{key: value for key, value in record.items() if key != switch.name} for record in records]
        case "other_type":
            return [record | {switch.name: {"value": record.get(switch.name)}} for record in records]
        case "duplicates":
            return [twice for record in records for twice in (record, record)]
        case "out_of_order":
            return records[::-1]
    return records
