"""Files as people send them: every dialect, every fault, and what hostile files do."""

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import sentences
from members.models import Contact, ImportRefusal, ImportRun, Membership
from tests.factories import NOON
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db

HEADER = "externalId;lastName;firstName;email;dateOfBirth;homeBranchId;subscriptionType;expiresOn"
NOOR = "7301;Lemmens;Noor;Noor@example.be;12/03/1989;3550;Volwassene;01/09/2027"


def of(library: Library) -> list[Contact]:
    with acting_for(library.pk):
        return list(Contact.objects.order_by("external_id"))


def refusals(run: ImportRun) -> list[tuple[int, str, str]]:
    with acting_for(run.library.pk):
        return list(
            ImportRefusal.objects.filter(run=run).order_by("line").values_list("line", "code", "value")
        )


def test_a_member_comes_in_with_membership_and_source(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    (noor,) = of(zottegem)
    assert (run.state, run.new_count, run.refused_count) == ("done", 1, 0)
    assert (noor.full_name, noor.email, noor.email_norm) == (
        "Noor Lemmens",
        "Noor@example.be",
        "noor@example.be",
    )
    assert noor.source_of("email") == ("wise", NOON.isoformat())
    with acting_for(zottegem.pk):
        assert Membership.objects.get(contact=noor).home_branch is not None


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_and_separator_are_found_by_looking(
    bring: Deliver, zottegem: Library, encoding: str, separator: str
) -> None:
    content = f"{HEADER}\n{NOOR.replace('Noor;', 'Élodie;')}\n".replace(";", separator)

    bring(sink="members", content=content.encode(encoding))

    assert [contact.first_name for contact in of(zottegem)] == ["Élodie"]


def test_the_same_file_twice_changes_nothing(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=f"{HEADER}\n{NOOR}\n")
    before = of(zottegem)

    again = bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    assert (again.new_count, again.changed_count, again.unchanged_count) == (0, 0, 1)
    assert of(zottegem) == before


def test_a_changed_field_knows_its_new_source_and_the_others_keep_theirs(
    bring: Deliver, zottegem: Library
) -> None:
    bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    run = bring(sink="members", content=f"{HEADER}\n{NOOR.replace('Noor@', 'noor.l@')}\n", source="upload")

    (noor,) = of(zottegem)
    assert (run.changed_count, run.unchanged_count) == (1, 0)
    assert noor.source_of("email")[0] == "upload"
    assert noor.source_of("last_name")[0] == "wise"


def test_what_the_file_does_not_speak_of_stays(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    run = bring(sink="members", content="externalId;lastName\n7301;Lemmens\n")

    assert run.unchanged_count == 1
    assert of(zottegem)[0].email == "Noor@example.be"


def test_bad_rows_are_told_and_good_rows_come_in(bring: Deliver, zottegem: Library) -> None:
    rows = [
        NOOR,
        "7302;Peeters;Jan;jan.peeters@example,be;01/01/1980;3550;Volwassene;01/09/2027",
        "7303;Peeters;An;;31/02/1984;3550;Volwassene;01/09/2027",
        ";Peeters;Els;;01/01/1984;3550;Volwassene;01/09/2027",
        "7304;Peeters;Wim;;01/01/1984;9999;Volwassene;01/09/2027",
        "7301;Lemmens;Noor;;12/03/1989;3550;Volwassene;01/09/2027",
        "7305;Peeters;Bo;;01/01/1984;3550;Volwassene;01/09/2027;te veel",
        "7306;Peeters",
    ]

    run = bring(sink="members", content="\n".join([HEADER, *rows]) + "\n")

    assert [contact.external_id for contact in of(zottegem)] == ["7301"]
    assert refusals(run) == [
        (3, "bad_email", "jan.peeters@example,be"),
        (4, "bad_date", "31/02/1984"),
        (5, "missing", ""),
        (6, "unknown_branch", "9999"),
        (7, "duplicate", "7301"),
        (8, "too_many_cells", ""),
        (9, "too_few_cells", ""),
    ]
    assert run.rows_count == run.new_count + run.refused_count == 8


def test_a_refused_row_says_what_is_wrong_and_the_mend(bring: Deliver) -> None:
    run = bring(sink="members", content=f"{HEADER}\n{NOOR.replace('12/03/1989', '31/02/1984')}\n")

    with acting_for(run.library.pk):
        wrong, mend = sentences.of_refusal(ImportRefusal.objects.get(run=run))
    assert wrong == "Februari heeft geen 31 dagen."
    assert mend == "Pas de datum aan bij de bron."


def test_the_deceased_and_institutions_are_marked(bring: Deliver, zottegem: Library) -> None:
    rows = [NOOR.replace("Lemmens", "*Lemmens"), "7302;Klas 3B;;;;3550;120 Klas;01/09/2027"]

    bring(sink="members", content="\n".join([HEADER, *rows]) + "\n")

    noor, klas = of(zottegem)
    assert (noor.last_name, noor.is_deceased) == ("Lemmens", True)
    assert klas.kind == Contact.Kind.INSTITUTION


def test_a_column_of_national_numbers_is_left_out_and_told(bring: Deliver) -> None:
    run = bring(sink="members", content=f"{HEADER};RRN\n{NOOR};89031200177\n")

    assert run.state == ImportRun.State.DONE
    assert run.reading["national"] == ["RRN"]


def test_national_numbers_under_another_name_are_found_by_their_check_digits(bring: Deliver) -> None:
    numbers = [f"85073003{n:01}{97 - int(f'85073003{n:01}') % 97:02}" for n in range(1, 6)]
    rows = [NOOR.replace("7301", f"730{i}") + f";{number}" for i, number in enumerate(numbers)]

    run = bring(sink="members", content="\n".join([f"{HEADER};opmerking", *rows]) + "\n")

    assert run.reading["national"] == ["opmerking"]


def test_national_numbers_in_a_column_we_use_stop_the_file(bring: Deliver, zottegem: Library) -> None:
    numbers = [f"85073003{n:01}{97 - int(f'85073003{n:01}') % 97:02}" for n in range(1, 6)]
    rows = [NOOR.replace("7301", number) for number in numbers]

    run = bring(sink="members", content="\n".join([HEADER, *rows]) + "\n")

    assert run.failure == {"code": "national_number", "detail": {"column": "externalId"}}
    assert "rijksregisternummers" in sentences.of_failure(run)
    assert of(zottegem) == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n\n", "empty_file"),
        (b"appel;peer\n1;2\n", "no_known_column"),
        (b"externalId;firstName\n1;Noor\n", "missing_column"),
        (b"externalId;lastName;lastName\n1;a;b\n", "duplicate_header"),
        (b'externalId;lastName\n1;"' + b"x" * 200_000 + b"\n", "unclosed_quote"),
        (b"PK\x03\x04" + bytes(range(256)) * 40, "broken_file"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_changes_nothing(
    bring: Deliver, zottegem: Library, content: bytes, code: str
) -> None:
    bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    run = bring(sink="members", content=content)

    assert (run.state, run.failure["code"]) == (ImportRun.State.FAILED, code)
    assert sentences.of_failure(run).endswith(".")
    assert len(of(zottegem)) == 1


def test_nul_bytes_and_formulas_are_data(bring: Deliver, zottegem: Library) -> None:
    rows = ["7301;=HYPERLINK(1);Noor;;;3550;;", "7302;Pee\0ters;Jan;;;3550;;"]

    run = bring(sink="members", content="\n".join([HEADER, *rows]) + "\n")

    assert [contact.last_name for contact in of(zottegem)] == ["=HYPERLINK(1)"]
    assert [code for _line, code, _value in refusals(run)] == ["bad_text"]


def test_a_reader_that_dies_fails_the_file_and_not_the_worker(
    bring: Deliver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.imports.intake._MEMORY_BYTES", 1024)

    run = bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    assert run.failure["code"] == "reader_died"


def test_a_file_with_only_a_header_changes_nothing(bring: Deliver, zottegem: Library) -> None:
    run = bring(sink="members", content=f"{HEADER}\n")

    assert (run.state, run.rows_count) == (ImportRun.State.DONE, 0)


def test_a_run_that_has_ended_is_not_run_again(bring: Deliver) -> None:
    from members.imports import runs

    run = bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    assert runs.run(run_id=run.pk, library_id=run.library.pk, at=NOON) is None


def test_the_file_is_gone_once_its_run_has_ended(bring: Deliver, settings: object) -> None:
    bring(sink="members", content=f"{HEADER}\n{NOOR}\n")

    assert [path for path in settings.UPLOADS_DIR.rglob("*") if path.is_file()] == []  # type: ignore[attr-defined]
