"""Spreadsheets as office programs write them, and as somebody hostile does."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
BOOK = (
    f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
    '<sheet name="Leden" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/></Relationships>'
)
# Style 1 shows a day, style 2 a day of our own making, style 3 a number.
STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy;@"/>'
    '<numFmt numFmtId="165" formatCode="#,##0.00 [$€-x]"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>'
)


class Raw(str):
    """A cell of which we write the XML ourselves, with {name} for its name."""


def packed(parts: dict[str, str | bytes], *, stored: bool = False) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def sheet(rows: Iterable[Sequence[object]], *, shared: list[str] | None = None, before: str = "") -> str:
    """The XML of a sheet; texts inline, or in `shared`."""
    body = "".join(_row(line, row, shared) for line, row in enumerate(rows, 1))
    return (
        f'<?xml version="1.0"?>{before}<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    )


def xlsx(rows: Iterable[Sequence[object]], **parts: str | bytes) -> bytes:
    """A workbook with one sheet; further parts by their path with `/` as `__` and `.` as `_dot_`."""
    shared: list[str] = []
    content = sheet(rows, shared=shared)
    items = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    content_of: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELATIONS,
        "xl/styles.xml": STYLES,
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{items}</sst>',
        "xl/worksheets/sheet1.xml": content,
    }
    for key, value in parts.items():
        content_of[key.replace("__", "/").replace("_dot_", ".")] = value
    return packed(content_of)


def name(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _row(line: int, row: Sequence[object], shared: list[str] | None) -> str:
    cells = (_cell(f"{name(place)}{line}", value, shared) for place, value in enumerate(row))
    return f'<row r="{line}">{"".join(cells)}</row>'


def _cell(where: str, value: object, shared: list[str] | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Raw):
        return value.replace("{name}", where)
    if isinstance(value, int | float):
        return f'<c r="{where}"><v>{value}</v></c>'
    if shared is None:
        return f'<c r="{where}" t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
    shared.append(str(value))
    return f'<c r="{where}" t="s"><v>{len(shared) - 1}</v></c>'


_ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="Leden">{rows}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)


def ods(rows: str, *, manifest: str = "<manifest/>") -> bytes:
    """A document with these rows, written as XML."""
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _ODS.replace("{rows}", rows),
            "META-INF/manifest.xml": manifest,
        }
    )


def ods_row(*cells: str, times: int = 1) -> str:
    """A row of texts, or of cells that are written as XML."""
    written = "".join(
        cell
        if cell.startswith("<table:")
        else f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>"
        for cell in cells
    )
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{written}</table:table-row>"
