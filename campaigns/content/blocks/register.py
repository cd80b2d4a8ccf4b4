"""A block type: what of the reader it looks at, and what it then shows.

`facets` answers what of this reader matters, as something that can be compared; None leaves the block out. `build`
gets those facets and never the reader, so a text that many share can hold nothing that one of them does not share.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.content.readers import Reader
from campaigns.content.stock import Stock

Options = Mapping[str, Any]
Data = dict[str, Any]
Facets = Callable[[Stock, Reader, Options], Hashable | None]
Build = Callable[[Stock, Any, Options], Data | None]


def everyone(stock: Stock, reader: Reader, options: Options) -> Hashable:
    """The same for every reader."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Block:
    """One type. Its templates are templates/mail/blocks/<template>.mjml and .txt, which take what `build` gives."""

    code: str
    build: Build
    facets: Facets = everyone
    template: str = ""
    # By itself a reason to send the mail; a greeting, a tip or a footer is none.
    counts: bool = True
    # May not stand in service mail where promotion is not allowed (law L-04).
    is_promotion: bool = False


class UnknownBlock(Exception):
    """No block type has this code."""


_blocks: dict[str, Block] = {}


def register(*blocks: Block) -> None:
    for block in blocks:
        _blocks[block.code] = block


def get(code: str) -> Block:
    """The block type of this code; raises UnknownBlock."""
    try:
        return _blocks[code]
    except KeyError:
        raise UnknownBlock(code) from None


def known() -> frozenset[str]:
    return frozenset(_blocks)
