"""A spreadsheet is a zip of XML: its parts are read as streams, under limits, and never unpacked to disk."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.parsers import expat

from members.imports.failure import Unreadable

_CHUNK = 64 * 1024
_MOST_PARTS = 2_000
# A million rows of twenty columns are 700 MB of XML.
_MOST_BYTES = 3 * 1024**3
# XML of spreadsheets packs to a tenth; a bomb to a thousandth.
_MOST_RATIO = 300
_RATIO_COUNTS_FROM = 50 * 1024**2

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class Archive:
    """The parts of one file by name; raises Unreadable for what no office program writes."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise Unreadable("broken_file") from None
        parts = self._zip.infolist()
        if len(parts) > _MOST_PARTS:
            raise Unreadable("too_many_parts")
        self._parts = {part.filename: part for part in parts}
        for part in parts:
            if part.file_size > _MOST_BYTES or (
                part.file_size > _RATIO_COUNTS_FROM
                and part.file_size > _MOST_RATIO * max(part.compress_size, 1)
            ):
                raise Unreadable("zip_bomb")

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def size(self, name: str) -> int:
        """Bytes of this part once it is unpacked, as the file itself says."""
        return self._parts[name].file_size if name in self._parts else 0

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of a part; what comes out is counted, whatever the file says of itself."""
        part = self._parts.get(name)
        if part is None:
            raise Unreadable("broken_file")
        if part.flag_bits & 0x1:
            raise Unreadable("encrypted")
        total = 0
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    total += len(chunk)
                    if total > _MOST_BYTES:
                        raise Unreadable("zip_bomb")
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ):
            raise Unreadable("broken_file") from None

    def parse(self, name: str, *, start: Start, end: End, text: Text) -> Iterator[int]:
        """Read a part as XML, calling back with local names; yields how many bytes each step took."""
        parser = expat.ParserCreate(namespace_separator=" ")
        local = _Local()
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: start(local[tag], attributes)
        parser.EndElementHandler = lambda tag: end(local[tag])
        parser.CharacterDataHandler = text
        # No office program writes one; entities, and so their expansion, need it.
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                yield len(chunk)
            parser.Parse(b"", True)
        except expat.ExpatError:
            raise Unreadable("broken_file") from None
        yield 0

    def read_small(self, name: str, *, start: Start) -> None:
        """Read a part that is needed whole for its elements' attributes."""
        for _read in self.parse(name, start=start, end=lambda _tag: None, text=lambda _text: None):
            pass


class _Local(dict[str, str]):
    """Names without their namespace, looked up once each."""

    def __missing__(self, tag: str) -> str:
        found = tag.rpartition(" ")[2]
        if len(self) < 1_000:
            self[tag] = found
        return found


def _refuse_doctype(*_args: object) -> None:
    raise Unreadable("xml_entities")
