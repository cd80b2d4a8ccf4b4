"""What a make-believe source gets and gives."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from bibmail.sandbox.sources.switches import Switch


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    # With its query, as it came over the line: what a signature is about.
    target: str
    path: str
    query: Mapping[str, list[str]]
    headers: Message
    body: bytes
    switch: Switch | None = None

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[-1]


@dataclass(frozen=True)
class Given:
    """One answer."""

    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(status: int, data: Any) -> Given:
    return Given(status, json.dumps(data, ensure_ascii=False).encode())


def mac(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()
