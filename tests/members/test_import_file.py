from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import actions
from members.models import Contact, ImportRun
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def members_file(tmp_path: Path, settings: LazySettings) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    file = tmp_path / "members.csv"
    file.write_text("externalId;lastName\n7301;Lemmens\n")
    return file


def test_the_command_brings_a_file_in_by_its_name(
    zottegem: Library, members_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_file", "zottegem", members_file)

    assert "members: 1 rows, 1 new" in capsys.readouterr().out
    with acting_for(zottegem.pk):
        assert Contact.objects.count() == 1


def test_a_file_behind_an_older_one_waits_and_says_so(zottegem: Library, members_file: Path) -> None:
    with acting_for(zottegem.pk):
        actions.note_local_file(sink="members", source_file=members_file, source="wise", at=NOON)

    with pytest.raises(CommandError, match="waits its turn"):
        call_command("import_file", "zottegem", members_file)

    with acting_for(zottegem.pk):
        assert ImportRun.objects.filter(state=ImportRun.State.WAITING).count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(["nergens", "members.csv"], "no library"), (["zottegem", "weg.csv"], "no such file")],
)
def test_a_wrong_word_is_said_and_nothing_starts(zottegem: Library, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("import_file", words[0], Path(words[1]))


def test_a_file_of_no_known_kind_names_the_kinds(zottegem: Library, members_file: Path) -> None:
    with pytest.raises(CommandError, match="profile_links"):
        call_command("import_file", "zottegem", members_file, kind="katten")
