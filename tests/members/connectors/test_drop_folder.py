"""Drop folders: a folder here, an SFTP server and an object store, each for real."""

import io
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest
from django.conf import LazySettings

from bibmail.sandbox.sources.sftp import SftpServer
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library
from members import sentences
from members.connectors.drop_folder import is_full, kind_of
from members.connectors.places.local import LocalPlace
from members.connectors.places.place import Entry
from members.connectors.places.sftp import fingerprint
from members.imports import runs
from members.models import ConnectorRun, Contact, DataSource, ImportRun, Membership
from tests.members.connectors.stage import Stage, later

pytestmark = pytest.mark.django_db

DONE, FAILED = ConnectorRun.State.DONE, ConnectorRun.State.FAILED
MEMBERS = "externalId;lastName\n7301;Lemmens\n"


@pytest.fixture
def folder(stage: Stage, settings: LazySettings, tmp_path: Path) -> Path:
    settings.DROP_DIR = str(tmp_path / "drop")
    made = tmp_path / "drop" / stage.library.slug
    made.mkdir(parents=True)
    return made


@pytest.fixture
def sftp(stage: Stage, tmp_path: Path) -> Iterator[SftpServer]:
    root = tmp_path / "sftp"
    root.mkdir()
    server = SftpServer(root, stage.world.keys)
    server.start()
    yield server
    server.stop()


def on_sftp(stage: Stage, server: SftpServer, **more: str) -> DataSource:
    options = {"host": "127.0.0.1", "port": str(server.port), "user": stage.world.keys.sftp_user, "folder": "",
               "host_key": fingerprint(server.host_key)}  # fmt: skip
    return stage.source("sftp", options | more, {"password": stage.world.keys.sftp_password})


def in_store(stage: Stage, *, secret: str = "", prefix: str = "naar bibmail/é") -> DataSource:
    keys = stage.world.keys
    options = {
        "url": f"{stage.server.url}/s3",
        "bucket": "bib",
        "prefix": prefix,
        "access_key": keys.s3_access,
    }
    return stage.source("s3", options, {"secret_key": secret or keys.s3_secret})


def a_key(passphrase: str) -> tuple[str, str]:
    """A private key as a file holds it, and its public half in base64."""
    text = io.StringIO()
    key = paramiko.ECDSAKey.generate()
    key.write_private_key(text, password=passphrase or None)
    return text.getvalue(), key.get_base64()


def load_all(stage: Stage) -> list[str]:
    """What the worker of the imports does next; the last names that are there then."""
    for run in stage.runs():
        runs.run(run_id=run.pk, library_id=stage.library.pk, at=clock.now())
    with acting_for(stage.library.pk):
        return list(Contact.objects.order_by("external_id").values_list("last_name", flat=True))


def ready(folder: Path, name: str, text: str = MEMBERS) -> None:
    (folder / name).write_text(text)
    (folder / f"{name}.ready").touch()


# --- A folder on this machine -----------------------------------------------------------------------


def test_a_ready_file_goes_the_way_of_an_upload_and_lies_among_the_done(stage: Stage, folder: Path) -> None:
    ready(folder, "members_2026-11-24.csv")

    run = stage.fetch(stage.source("folder", {}, {}))

    assert (run.state, run.figures) == (DONE, {"members": {"files": 1}})
    assert [(one.file_name, one.source) for one in stage.runs()] == [("members_2026-11-24.csv", "folder")]
    assert load_all(stage) == ["Lemmens"]
    assert [path.name for path in folder.iterdir()] == ["done"]
    assert len(list((folder / "done").iterdir())) == 2


def test_a_file_that_is_still_being_written_waits_until_it_stands_still(stage: Stage, folder: Path) -> None:
    source, file = stage.source("folder", {}, {}), folder / "members.csv"
    file.write_text("externalId;lastName\n7301;Lem")
    stage.fetch(source)
    file.write_text(MEMBERS)
    stage.fetch(source, at=later(minutes=15))
    assert stage.runs() == []

    stage.fetch(source, at=later(minutes=30))

    assert load_all(stage) == ["Lemmens"]


@pytest.mark.parametrize("name", ["members.csv.part", ".members.csv", "members.csv.filepart", "members.csv~"])
def test_names_of_unfinished_files_are_left_alone(stage: Stage, folder: Path, name: str) -> None:
    source = stage.source("folder", {}, {})
    (folder / name).write_text(MEMBERS)

    for minutes in (0, 15, 30):
        stage.fetch(source, at=later(minutes=minutes))

    assert (stage.runs(), (folder / name).exists()) == ([], True)


def test_a_file_whose_name_says_nothing_goes_among_the_failed(stage: Stage, folder: Path) -> None:
    ready(folder, "lijst van Els.csv")

    run = stage.fetch(stage.source("folder", {}, {}))

    assert (run.state, stage.runs()) == (DONE, [])
    assert len(list((folder / "failed").iterdir())) == 1
    assert "Els" not in str(run.drift)


def test_the_same_file_again_comes_in_once(stage: Stage, folder: Path) -> None:
    source = stage.source("folder", {}, {})
    for minutes in (0, 15):
        ready(folder, "members.csv")
        stage.fetch(source, at=later(minutes=minutes))

    assert len(stage.runs()) == 1


def test_an_older_file_that_comes_back_after_a_newer_one_counts(stage: Stage, folder: Path) -> None:
    source = stage.source("folder", {}, {})
    for minutes, text in ((0, MEMBERS), (15, MEMBERS.replace("Lemmens", "Maes")), (30, MEMBERS)):
        ready(folder, "members.csv", text)
        stage.fetch(source, at=later(minutes=minutes))

    assert load_all(stage) == ["Lemmens"]
    assert len(stage.runs()) == 3


def test_branches_go_before_members(stage: Stage, folder: Path) -> None:
    ready(folder, "members.csv")
    ready(folder, "branches.csv", "branchId;name\n3551;Velzeke\n")

    stage.fetch(stage.source("folder", {}, {}))

    assert [run.sink for run in stage.runs()] == ["branches", "members"]


def test_a_link_out_of_the_folder_is_not_followed(stage: Stage, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(MEMBERS)
    (folder / "members.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "members.csv.ready").touch()

    stage.fetch(stage.source("folder", {}, {}))

    assert stage.runs() == []


def test_the_folder_of_another_library_stays_shut(stage: Stage, folder: Path, aalst: Library) -> None:
    other = folder.parent / aalst.slug
    other.mkdir()
    ready(other, "members.csv")

    stage.fetch(stage.source("folder", {}, {}))

    assert stage.runs() == []


def test_without_a_folder_on_the_server_the_page_says_so(stage: Stage, settings: LazySettings) -> None:
    settings.DROP_DIR = ""

    assert stage.fetch(stage.source("folder", {}, {})).error_code == "drop_off"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("members.csv", "members"), ("Members-2026-11-24.CSV", "members"), ("opening_hours_2.txt", "opening_hours"),
        ("event_registrations.csv", "event_registrations"), ("membership.csv", None), ("members.xlsx", None),
    ],
)  # fmt: skip
def test_a_name_says_the_kind(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("members_full.csv", True), ("Members-Full-2026-11-24.csv", True), ("members_delta.csv", False),
        ("members.csv", False), ("members_2026.csv", False),
    ],
)  # fmt: skip
def test_a_name_says_whether_everybody_is_in_it(name: str, full: bool) -> None:
    assert (kind_of(name), is_full(name)) == ("members", full)


def test_a_name_that_leads_out_of_the_folder_is_not_read(
    stage: Stage, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [Entry("../members.csv", "1", is_whole=True), Entry("a\\members.csv", "1", is_whole=True)]
    monkeypatch.setattr(LocalPlace, "entries", lambda _: entries)
    (folder.parent / "members.csv").write_text(MEMBERS)

    run = stage.fetch(stage.source("folder", {}, {}))

    assert (run.state, stage.runs()) == (DONE, [])


def test_a_full_file_that_would_end_many_waits_for_somebody(stage: Stage, folder: Path) -> None:
    source = stage.source("folder", {}, {})
    ready(folder, "members.csv", "externalId;lastName\n" + "".join(f"{n};Lemmens\n" for n in range(10)))
    stage.fetch(source)
    load_all(stage)
    ready(folder, "members_full_2026-11-24.csv", "externalId;lastName\n1;Lemmens\n")

    stage.fetch(source, at=later(minutes=15))
    load_all(stage)

    run = stage.runs()[-1]
    assert (run.is_full, run.state, run.vanished_count) == (True, ImportRun.State.CHECKED, 9)
    assert "9 van de 10" in sentences.of_failure(run)
    with acting_for(stage.library.pk):
        assert not Membership.objects.exclude(ended_because="").exists()


# --- SFTP -------------------------------------------------------------------------------------------


def test_a_file_on_sftp_comes_in_and_is_moved_there(stage: Stage, sftp: SftpServer) -> None:
    ready(sftp.root, "members.csv")

    run = stage.fetch(on_sftp(stage, sftp))

    assert (run.state, load_all(stage)) == (DONE, ["Lemmens"])
    assert [path.name for path in sftp.root.iterdir()] == ["done"]


def test_a_server_that_shows_another_key_gets_no_password(stage: Stage, sftp: SftpServer) -> None:
    ready(sftp.root, "members.csv")

    run = stage.fetch(on_sftp(stage, sftp, host_key="SHA256:" + "A" * 43))

    assert (run.state, run.error_code, stage.runs()) == (FAILED, "host_key", [])


def test_a_wrong_password_is_said(stage: Stage, sftp: SftpServer) -> None:
    source = on_sftp(stage, sftp)
    stage.world.keys.sftp_password = "another"

    assert stage.fetch(source).error_code == "not_let_in"


@pytest.mark.parametrize("passphrase", ["", "a passphrase"])
def test_who_has_the_key_comes_in_without_a_password(stage: Stage, sftp: SftpServer, passphrase: str) -> None:
    text, public = a_key(passphrase)
    stage.world.keys.sftp_public_key = public
    stage.world.keys.sftp_password = "of nobody"
    ready(sftp.root, "members.csv")
    options = on_sftp(stage, sftp).options

    run = stage.fetch(stage.source("sftp", options, {"private_key": text, "password": passphrase}))

    assert (run.state, load_all(stage)) == (DONE, ["Lemmens"])


def test_another_key_is_not_let_in(stage: Stage, sftp: SftpServer) -> None:
    stage.world.keys.sftp_public_key = a_key("")[1]
    options = on_sftp(stage, sftp).options

    run = stage.fetch(stage.source("sftp", options, {"private_key": a_key("")[0]}))

    assert (run.error_code, stage.runs()) == ("not_let_in", [])


def test_where_nothing_may_be_moved_a_file_is_remembered(stage: Stage, sftp: SftpServer) -> None:
    sftp.is_read_only = True
    ready(sftp.root, "members.csv")
    source = on_sftp(stage, sftp)

    for minutes in (0, 15):
        assert stage.fetch(source, at=later(minutes=minutes)).state == DONE

    assert (len(stage.runs()), (sftp.root / "members.csv").exists()) == (1, True)


# --- An object store --------------------------------------------------------------------------------


def test_an_object_comes_in_at_once_and_is_moved(stage: Stage) -> None:
    stage.server.store.put("bib", "naar bibmail/é/members.csv", MEMBERS.encode())
    stage.server.store.put("bib", "elders/members.csv", MEMBERS.encode())

    run = stage.fetch(in_store(stage))

    assert (run.state, load_all(stage)) == (DONE, ["Lemmens"])
    first, second = stage.server.store.keys("bib")
    assert first == "elders/members.csv"
    assert second.startswith("naar bibmail/é/done/members-")


def test_a_full_bucket_is_listed_page_after_page(stage: Stage) -> None:
    stage.server.store.page_size = 2
    for number in range(5):
        row = f"externalId;lastName\n{number};Lemmens\n"
        stage.server.store.put("bib", f"members_{number}.csv", row.encode())

    run = stage.fetch(in_store(stage, prefix=""))

    assert (run.state, load_all(stage)) == (DONE, ["Lemmens"] * 5)
    listings = [target for target in stage.asked() if "list-type" in target]
    assert len(listings) == 3
    assert [("continuation-token" in target) for target in listings] == [False, True, True]


def test_a_wrong_signature_is_refused(stage: Stage) -> None:
    run = stage.fetch(in_store(stage, secret="another"))

    assert (run.state, run.error_code) == (FAILED, "not_let_in")


def test_half_an_object_is_fetched_again(stage: Stage) -> None:
    stage.server.store.put("bib", "members.csv", MEMBERS.encode())
    stage.switch("truncated", on="members.csv")

    run = stage.fetch(in_store(stage, prefix=""))

    assert (run.state, load_all(stage)) == (DONE, ["Lemmens"])
