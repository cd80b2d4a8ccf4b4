"""Drop folders: whole files on this machine, an SFTP server or an object store go the way of an upload."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import acting_for, sinks
from members.connectors import files, registry
from members.connectors.places.local import LocalPlace
from members.connectors.places.place import DONE, FAILED, Entry, Place
from members.connectors.places.s3 import S3Place
from members.connectors.places.sftp import SftpPlace
from members.connectors.registry import Connector, Delivery, Fetch, Page, Records, Setting

# Names under which a file is still being written, or never was one.
_UNFINISHED = re.compile(r"^\.|\.(tmp|part|partial|filepart|crdownload|swp)$|~$", re.IGNORECASE)
_READY = ".ready"
_READABLE = re.compile(r"\.(csv|tsv|txt)$", re.IGNORECASE)
_NOTES = "_files"

SFTP = (
    Setting(name="host", label=_("Server"), help=_("Bijvoorbeeld sftp.stad.example.be.")),
    Setting(name="port", label=_("Poort"), kind="number", initial="22"),
    Setting(name="host_key", label=_("Vingerafdruk van de server"),
            help=_("Begint met SHA256: en komt van de beheerder van de server. Zo weten we met wie we praten.")),
    Setting(name="user", label=_("Gebruiker")),
    Setting(name="password", label=_("Wachtwoord"), kind="secret", required=False,
            help=_("Van de gebruiker, of van de sleutel hieronder.")),
    Setting(name="private_key", label=_("Privésleutel"), kind="secret", required=False, is_long=True,
            help=_("In plaats van een wachtwoord.")),
    Setting(name="folder", label=_("Map"), required=False, help=_("Leeg: de map waarin we binnenkomen.")),
)  # fmt: skip

S3 = (
    Setting(name="url", label=_("Webadres van de opslag"), kind="url", help=_("Zonder de naam van de bucket.")),
    Setting(name="bucket", label=_("Bucket")),
    Setting(name="prefix", label=_("Map in de bucket"), required=False),
    Setting(name="region", label=_("Regio"), required=False, initial="us-east-1"),
    Setting(name="access_key", label=_("Nummer van de sleutel")),
    Setting(name="secret_key", label=_("Geheime sleutel"), kind="secret"),
)  # fmt: skip


def kind_of(name: str) -> str | None:
    """Which kind of file a name stands for: `members.csv`, `members_2026-11-24.csv`; None when it says none."""
    if not _READABLE.search(name):
        return None
    stem = _stem(name)
    codes = [
        sink.code for sink in sinks.in_order() if re.fullmatch(rf"{sink.code}(_(full|delta))?(_?\d.*)?", stem)
    ]
    return max(codes, key=len, default=None)


def is_full(name: str) -> bool:
    """Whether the name says that the file holds everybody: `members_full.csv`, `members_full_2026-11-24.csv`."""
    return re.search(r"_full(_|$)", _stem(name)) is not None


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0].lower().replace("-", "_")


def fetch(asked: Fetch, *, opened: Callable[[Fetch], Place]) -> Iterator[Page]:
    """Each whole file once, in the order in which kinds are loaded; raises Trouble.

    A file is whole when a `.ready` lies beside it, when its store shows whole ones alone, or when it stands
    there just as at the last fetch. The cursor remembers how they stood, by the hash of their names.
    """
    with closing(opened(asked)) as place:
        # A name is a name here: whatever a server calls a file, it leads nowhere else.
        found = {entry.name: entry for entry in place.entries() if not {"/", "\\", "\0"} & set(entry.name)}
        before = asked.cursor.get("seen", {})
        seen = {
            files.name_hash(name): entry.mark for name, entry in found.items() if not name.endswith(_READY)
        }
        for entry in _in_loading_order(found):
            if (
                entry.is_whole
                or f"{entry.name}{_READY}" in found
                or before.get(files.name_hash(entry.name)) == entry.mark
            ):
                yield from _taken(asked, place, entry, has_sign=f"{entry.name}{_READY}" in found)
        yield Records(sink=_NOTES, rows=[], cursor={"seen": seen})


def _in_loading_order(found: dict[str, Entry]) -> list[Entry]:
    order = {sink.code: sink.order for sink in sinks.in_order()}
    files_ = [
        one for one in found.values() if not one.name.endswith(_READY) and not _UNFINISHED.search(one.name)
    ]
    return sorted(files_, key=lambda one: (order.get(kind_of(one.name) or "", 0), one.name))


def _taken(asked: Fetch, place: Place, entry: Entry, *, has_sign: bool) -> Iterator[Page]:
    """The file, copied here; one whose name says nothing goes among the failed."""
    sink = kind_of(entry.name)
    if sink is None:
        place.move(entry.name, FAILED)
        asked.drift.unnamed(_NOTES, Path(entry.name).suffix or "?")
        return
    with acting_for(asked.account.library_id):
        is_known = files.is_known(asked.account.source_id, name=entry.name, mark=entry.mark)
    if is_known:
        # Safe here, and not moved: we may not, or somebody stopped us in between.
        _settle(place, entry.name, has_sign=has_sign)
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / entry.name
        place.read(entry.name, copy)
        settle = partial(_settle, place, entry.name, has_sign=has_sign)
        yield Delivery(
            sink=sink,
            path=copy,
            name=entry.name,
            mark=entry.mark,
            settle=settle,
            is_full=is_full(entry.name),
        )


def _settle(place: Place, name: str, *, has_sign: bool) -> None:
    """Among the done, with its sign; where we may not, its mark is remembered already."""
    if place.move(name, DONE) and has_sign:
        place.move(f"{name}{_READY}", DONE)


def test(asked: Fetch, *, opened: Callable[[Fetch], Place]) -> None:
    """Look into the folder."""
    with closing(opened(asked)) as place:
        place.entries()


def register() -> None:
    what = _(
        "CSV-bestanden die een ander systeem klaarzet. De naam zegt wat erin staat, bijvoorbeeld members.csv."
        " Staan al je leden erin? Dan heet het bestand members_full.csv."
    )
    kinds: tuple[tuple[str, object, tuple[Setting, ...], Callable[[Fetch], Place]], ...] = (
        ("folder", _("Map op deze server"), (), LocalPlace),
        ("sftp", _("Map op een SFTP-server"), SFTP, SftpPlace),
        ("s3", _("Map in een objectopslag (S3)"), S3, S3Place),
    )
    for code, label, settings, opened in kinds:
        registry.register(
            Connector(
                code=code,
                label=label,  # type: ignore[arg-type]  # a lazy translation
                what=what,
                settings=settings,
                fetch=partial(fetch, opened=opened),
                test=partial(test, opened=opened),
                every_minutes=15,
            )
        )
