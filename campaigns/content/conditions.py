"""Rules of blocks ("if"): asked of a whole batch at once, and known by a name that follows from the rule."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.content.readers import Reader


def name(rule: Any) -> str:
    return hashlib.sha256(json.dumps(rule, sort_keys=True).encode()).hexdigest()[:16]


def rules_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Every rule in a mail's blocks, by name."""
    return {name(block["if"]): block["if"] for block in content.get("blocks", []) if block.get("if")}


def of_all(contents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: rule for content in contents for key, rule in rules_of(content).items()}


def holds(block: Mapping[str, Any], reader: Reader) -> bool:
    """Whether a block is for this reader: no rule, or one that selects them."""
    return not block.get("if") or name(block["if"]) in reader.rules
