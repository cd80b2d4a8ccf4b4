"""How a file was written: its encoding and its separator, found by looking."""

import codecs
from pathlib import Path
from typing import NamedTuple

_BLOCK = 1 << 20


class Dialect(NamedTuple):
    """encoding: a codec's name; separator: one character."""

    encoding: str
    separator: str


def detect(path: Path) -> Dialect:
    """UTF-16 by its mark, UTF-8 when every byte agrees, otherwise Windows-1252; `;`, `,` or TAB."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return Dialect(encoding, _separator(file.readline(100_000)))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separator(header: str) -> str:
    """The one the header has most of, outside quotes."""
    bare = "".join(header.split('"')[::2])
    return max(";,\t|", key=bare.count)
