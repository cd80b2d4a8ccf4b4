"""What kind of file it is, by looking inside; its name says nothing we rely on."""

from pathlib import Path

from members.imports.archive import Archive
from members.imports.failure import Unreadable
from members.imports.ods import Ods
from members.imports.table import Table
from members.imports.texts import Csv, JsonLines
from members.imports.xlsx import Xlsx

_LOOK = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Documents, pictures and packed files that people choose by mistake.
_NO_TABLE = (
    b"%PDF",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"{\\rtf",
    b"SQLite format",
)
_MARKUP = (b"<!doc", b"<html", b"<?xml", b"<table", b"<!--")


def open_table(path: Path) -> Table:
    """The file as a table; raises Unreadable with what it is instead."""
    with path.open("rb") as file:
        start = file.read(_LOOK)
    if start.startswith(b"PK"):
        return _office(path)
    if start.startswith(_OLE):
        # An encrypted workbook is packed in the old format; its name for what is inside is UTF-16.
        raise Unreadable("encrypted" if _mentions(path, "EncryptedPackage") else "old_excel")
    bare = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(_NO_TABLE) or bare[:6].lower().startswith(_MARKUP):
        raise Unreadable("no_table")
    if not bare:
        raise Unreadable("empty_file")
    if bare.startswith(b"["):
        raise Unreadable("json_list")
    return JsonLines(path) if bare.startswith(b"{") else Csv(path)


def _office(path: Path) -> Table:
    archive = Archive(path)
    if "xl/workbook.xml" in archive:
        return Xlsx(archive)
    if "content.xml" in archive and b"spreadsheet" in _mimetype(archive):
        return Ods(archive)
    raise Unreadable("no_table")


def _mimetype(archive: Archive) -> bytes:
    return next(archive.chunks("mimetype"), b"")[:200] if "mimetype" in archive else b""


def _mentions(path: Path, word: str) -> bool:
    wanted, before = word.encode("utf-16-le"), b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if wanted in before + block:
                return True
            before = block[-len(wanted) :]
    return False
