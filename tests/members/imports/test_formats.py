"""Every kind of file that may be a table, told by what is in it; and what is no table, or an attack."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import sentences
from members.models import Contact, ImportRun
from tests.members.delivery import Deliver
from tests.members.imports import workbooks
from tests.members.imports.workbooks import Raw
from tests.members.test_imports import refusals

pytestmark = pytest.mark.django_db

TITLES = ["externalId", "lastName", "dateOfBirth", "homeBranchId", "expiresOn"]
NOOR = [7301, "Lemmens", Raw('<c r="{name}" s="1"><v>32579</v></c>'), "3550", "01/09/2027"]


def born(library: Library) -> dict[str, str]:
    with acting_for(library.pk):
        people = Contact.objects.order_by("external_id").values_list("external_id", "date_of_birth")
        return {str(number): str(day) for number, day in people}


def codes(run: ImportRun) -> list[str]:
    return [code for _line, code, _value in refusals(run)]


def fails(run: ImportRun, code: str) -> bool:
    """It failed so, and there is a sentence for it."""
    assert code in sentences.FAILURES
    return (run.state, run.failure["code"]) == ("failed", code)


# --- Formats ----------------------------------------------------------------------------------------


def test_a_workbook_comes_in_with_its_days_as_days(bring: Deliver, zottegem: Library) -> None:
    rows: list[list[object]] = [
        [*TITLES],
        NOOR,
        [7302, "Maes", Raw('<c r="{name}" s="2"><v>32580.0</v></c>'), 3550],
    ]

    run = bring(sink="members", content=workbooks.xlsx(rows))

    assert (run.state, run.new_count, run.refused_count) == ("done", 2, 0)
    assert (run.reading["format"], run.reading["sheet"]) == ("xlsx", "Leden")
    assert born(zottegem) == {"7301": "1989-03-12", "7302": "1989-03-13"}


def test_an_opendocument_sheet_comes_in(bring: Deliver, zottegem: Library) -> None:
    cell = "<table:table-cell office:value-type={kind}><text:p>{shown}</text:p></table:table-cell>"
    day = cell.format(kind='"date" office:date-value="1989-03-12"', shown="12 mrt")
    number = cell.format(kind='"float" office:value="7301"', shown="7.301")
    filler = '<table:table-cell table:number-columns-repeated="16380"/>'
    rows = (
        workbooks.ods_row("externalId", "lastName", "dateOfBirth", filler)
        + workbooks.ods_row(number, "Lemmens", day)
        + workbooks.ods_row(filler, times=1_048_000)
    )

    run = bring(sink="members", content=workbooks.ods(rows))

    assert (run.new_count, run.refused_count, run.reading["format"]) == (1, 0, "ods")
    assert born(zottegem) == {"7301": "1989-03-12"}


def test_json_lines_come_in_with_every_name_that_occurs(bring: Deliver, zottegem: Library) -> None:
    lines = [
        json.dumps({"externalId": "7301", "lastName": "Lemmens"}),
        "{broken",
        json.dumps({"externalId": 7302, "lastName": "Maes", "dateOfBirth": "1989-03-12", "city": None}),
        json.dumps({"externalId": "7303", "lastName": ["Claes"]}),
    ]

    run = bring(sink="members", content="\n".join(lines))

    assert (run.new_count, codes(run), run.reading["format"]) == (2, ["bad_json", "nested"], "jsonl")
    assert born(zottegem)["7302"] == "1989-03-12"


def test_tabs_come_in_whatever_the_file_is_called(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content="externalId\tlastName\n7301\tLemmens\n")

    assert (run.new_count, run.reading["format"]) == (1, "tsv")


def test_american_days_are_found_by_the_days_that_can_be_nothing_else(
    bring: Deliver, zottegem: Library
) -> None:
    content = "externalId,lastName,dateOfBirth\n1,Maes,03/12/1989\n2,Claes,03/25/1989\n"

    run = bring(sink="members", content=content)

    assert (run.reading["date_style"], run.refused_count) == ("mdy", 0)
    assert born(zottegem) == {"1": "1989-03-12", "2": "1989-03-25"}


def test_one_mistyped_day_does_not_turn_the_others_about(bring: Deliver, zottegem: Library) -> None:
    content = "externalId,lastName,dateOfBirth\n1,Maes,12/03/1989\n2,Claes,03/25/1989\n3,Peeters,25/03/1989\n"

    run = bring(sink="members", content=content)

    assert (run.reading["date_style"], codes(run)) == ("dmy", ["bad_date"])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_found(bring: Deliver, zottegem: Library, encoding: str) -> None:
    run = bring(sink="members", content="externalId;lastName\n1;Ménard\n".encode(encoding))

    assert (run.new_count, run.reading["encoding"]) == (1, encoding)


def test_two_encodings_in_one_file_are_read_line_by_line(bring: Deliver, zottegem: Library) -> None:
    content = b"externalId;lastName\n" + "1;Ménard\n".encode() + "2;Noël\n".encode("cp1252")

    run = bring(sink="members", content=content)

    assert run.reading["encoding"] == "mixed"
    with acting_for(zottegem.pk):
        assert sorted(Contact.objects.values_list("last_name", flat=True)) == ["Ménard", "Noël"]


def test_an_apostrophe_that_our_own_exports_add_is_taken_off(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content="externalId;lastName;city\n1;Maes;'=x\n2;Claes;'s-Gravenvoeren\n")

    with acting_for(zottegem.pk):
        assert sorted(Contact.objects.values_list("city", flat=True)) == ["'s-Gravenvoeren", "=x"]


# --- Cells ------------------------------------------------------------------------------------------


def test_of_a_formula_its_kept_value_comes_in_and_never_its_text(bring: Deliver, zottegem: Library) -> None:
    kept = Raw('<c r="{name}" t="str"><f>A1&amp;"x"</f><v>Lemmens</v></c>')
    bare = Raw('<c r="{name}"><f>HYPERLINK("http://x.example.org")</f></c>')
    wrong = Raw('<c r="{name}" t="e"><f>1/0</f><v>#DIV/0!</v></c>')

    run = bring(sink="members", content=workbooks.xlsx([TITLES[:2], [1, kept], [2, bare], [3, wrong]]))

    assert (run.new_count, codes(run)) == (1, ["formula", "formula"])
    assert all(value == "" for _line, _code, value in refusals(run))
    with acting_for(zottegem.pk):
        assert Contact.objects.get().last_name == "Lemmens"


def test_an_enormous_cell_is_refused_and_the_other_rows_come_in(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content=workbooks.xlsx([TITLES[:2], [1, "x" * 10_000_000], [2, "Maes"]]))

    assert (run.new_count, codes(run)) == (1, ["too_long"])


def test_what_stands_beside_the_table_is_refused(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content=workbooks.xlsx([TITLES[:2], [1, "Maes", None, "los"], [2, "Claes"]]))

    assert (run.new_count, codes(run)) == (1, ["too_many_cells"])


def test_a_column_of_national_numbers_in_a_workbook_stays_out(bring: Deliver, zottegem: Library) -> None:
    numbers = [85073003328, 85073003328, 85073003328]
    rows: list[list[object]] = [
        ["externalId", "lastName", "nummer"],
        *([i, "Maes", n] for i, n in enumerate(numbers, 1)),
    ]

    run = bring(sink="members", content=workbooks.xlsx(rows))

    assert (run.new_count, run.reading["national"]) == (3, ["nummer"])


# --- Hostile ----------------------------------------------------------------------------------------


def test_a_forged_size_of_the_sheet_and_forged_row_numbers_make_no_rows(
    bring: Deliver, zottegem: Library
) -> None:
    content = workbooks.sheet([TITLES[:2], [1, "Maes"]]).replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
    )
    content = content.replace('<row r="2">', '<row r="1999999">')

    run = bring(sink="members", content=workbooks.xlsx([], xl__worksheets__sheet1_dot_xml=content))

    assert (run.rows_count, run.new_count) == (1, 1)


def test_a_bomb_is_refused_before_it_is_unpacked(bring: Deliver) -> None:
    bomb = workbooks.xlsx([TITLES, NOOR], xl__media__big_dot_bin=b"\0" * 200_000_000)

    assert fails(bring(sink="members", content=bomb), "zip_bomb")


def test_a_bomb_that_lies_about_its_size_is_refused(bring: Deliver) -> None:
    real = workbooks.sheet([TITLES, *[NOOR] * 20_000]).encode()
    content = bytearray(workbooks.xlsx([], xl__worksheets__sheet1_dot_xml=real))
    honest, lie = len(real).to_bytes(4, "little"), (500).to_bytes(4, "little")

    run = bring(sink="members", content=bytes(content).replace(honest, lie))

    assert fails(run, "broken_file")


def test_xml_entities_are_refused(bring: Deliver) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    content = workbooks.sheet([TITLES, ["&c;"]], before=entities).replace("&amp;c;", "&c;")

    run = bring(sink="members", content=workbooks.xlsx([], xl__worksheets__sheet1_dot_xml=content))

    assert fails(run, "xml_entities")


def test_a_sheet_that_lives_elsewhere_is_not_fetched(bring: Deliver) -> None:
    outside = workbooks.RELATIONS.replace(
        'Target="worksheets/sheet1.xml"', 'Target="http://127.0.0.1:1/x" TargetMode="External"'
    )

    run = bring(
        sink="members", content=workbooks.xlsx([TITLES, NOOR], xl___rels__workbook_dot_xml_dot_rels=outside)
    )

    # The sheet that is in the file is all there is to read.
    assert (run.state, run.new_count) == ("done", 1)


def test_a_path_that_leads_outside_is_only_a_name(bring: Deliver, tmp_path: Path) -> None:
    content = workbooks.packed(
        {
            "xl/workbook.xml": workbooks.BOOK,
            "xl/_rels/workbook.xml.rels": workbooks.RELATIONS.replace(
                "worksheets/sheet1.xml", "../../../../etc/passwd"
            ),
            "../../outside.txt": "x",
        }
    )

    run = bring(sink="members", content=content)

    assert fails(run, "broken_file")
    assert not list(tmp_path.parent.glob("outside.txt"))


def test_a_hundred_thousand_parts_are_refused(bring: Deliver) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", workbooks.BOOK)
        for number in range(100_000):
            archive.writestr(f"{number}", b"")

    assert fails(bring(sink="members", content=out.getvalue()), "too_many_parts")


def test_a_file_with_a_password_says_so(bring: Deliver) -> None:
    ole = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(3000)
        + "EncryptedPackage".encode("utf-16-le")
        + bytes(100)
    )
    locked = "<m:manifest xmlns:m='x'><m:encryption-data/></m:manifest>"

    assert fails(bring(sink="members", content=ole), "encrypted")
    assert fails(bring(sink="members", content=workbooks.ods("", manifest=locked)), "encrypted")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "old_excel"),
        (b"%PDF-1.7 ...", "no_table"),
        (b"<html><table><tr><td>externalId</td></tr></table></html>", "no_table"),
        (b'[{"externalId": "1"}]', "json_list"),
        (b"  \n \n", "empty_file"),
        (b"PK\x05\x06" + bytes(18), "no_table"),
        (workbooks.xlsx([TITLES, NOOR])[:-400], "broken_file"),
        (workbooks.xlsx([]), "empty_file"),
        (workbooks.xlsx([[f"k{i}" for i in range(10_000)]]), "too_many_columns"),
        ((";".join(f"k{i}" for i in range(10_000)) + "\n").encode(), "too_many_columns"),
        (workbooks.ods(workbooks.ods_row("externalId", "lastName") + workbooks.ods_row("1", "Maes", times=9_000_000)),
         "too_many_rows"),
    ],
    ids=range(11),
)  # fmt: skip
def test_what_is_no_table_says_what_it_is(bring: Deliver, content: bytes, code: str) -> None:
    assert fails(bring(sink="members", content=content), code)


def test_a_broken_middle_of_a_sheet_fails_the_whole_file(bring: Deliver, zottegem: Library) -> None:
    content = workbooks.sheet([TITLES, *[NOOR] * 10_000])[:-500]

    run = bring(sink="members", content=workbooks.xlsx([], xl__worksheets__sheet1_dot_xml=content))

    assert fails(run, "broken_file")
    assert born(zottegem) == {}
