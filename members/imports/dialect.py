"""How a text file was written: its encoding and its separator, found by looking."""

import codecs
from pathlib import Path
from typing import NamedTuple

_BLOCK = 1 << 20
WIDE = frozenset({"utf-16", "utf-16-le", "utf-16-be"})


class Dialect(NamedTuple):
    """encoding: a codec's name; separator: one character."""

    encoding: str
    separator: str


def detect(path: Path) -> Dialect:
    """UTF-16 by its mark or its zeros, UTF-8 when every byte agrees, otherwise Windows-1252; `;`, `,`, TAB or `|`."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return Dialect(encoding, _separator(file.readline(100_000)))


def encoding_of(path: Path) -> str:
    """The name of the codec that reads this file."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if wide := _without_mark(start):
            return wide
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _without_mark(start: bytes) -> str:
    """Western text in UTF-16 has a zero for every second byte."""
    even, odd = start[0::2], start[1::2]
    if len(odd) > 8 and odd.count(0) > 0.8 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(odd) > 8 and even.count(0) > 0.8 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _separator(header: str) -> str:
    """The one the header has most of, outside quotes."""
    bare = "".join(header.split('"')[::2])
    return max(";,\t|", key=bare.count)
