"""One figure, as a line for people and as JSON for machines."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`ratio` against `target`; peer, floor and note say how both came about."""

    name: str
    ratio: float
    target: float | None = None
    # Whether more or less of it is better.
    more_is_better: bool = True
    peer: str = ""
    floor: str = ""
    note: str = ""

    @property
    def is_met(self) -> bool:
        if self.target is None:
            return True
        return self.ratio >= self.target if self.more_is_better else self.ratio <= self.target

    def line(self, *, set_name: str, seed: int) -> str:
        sign = ">=" if self.more_is_better else "<="
        target = "none" if self.target is None else f"{sign}{self.target:g}"
        words = [
            self.name,
            f"ratio={self.ratio:.3g}",
            f"target{'=' if self.target is None else ''}{target}",
            "ok" if self.is_met else "short",
            *(f"{label}={text}" for label, text in (("peer", self.peer), ("floor", self.floor)) if text),
            f"set={set_name}",
            f"seed={seed}",
            *([f"({self.note})"] if self.note else []),
        ]
        return " ".join(words)


def keep(figures: list[Figure], *, set_name: str, seed: int) -> Path:
    """Write the figures of one run beside those of earlier ones; return where."""
    now = datetime.now(tz=UTC)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{now:%Y%m%dT%H%M%S}-{set_name}.json"
    rows = [asdict(figure) | {"ok": figure.is_met} for figure in figures]
    text = json.dumps({"at": now.isoformat(), "set": set_name, "seed": seed, "figures": rows}, indent=1)
    path.write_text(f"{text}\n", "utf-8")
    return path
