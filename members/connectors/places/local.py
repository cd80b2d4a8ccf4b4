"""A folder on this machine, into which another system writes: <DROP_DIR>/<library>/."""

import os
import shutil
from pathlib import Path

from django.conf import settings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members.connectors.places.place import Entry, moved_name
from members.connectors.registry import Fetch
from members.connectors.trouble import Trouble


class LocalPlace:
    """The library's own folder and no other: its name is not something that people fill in."""

    def __init__(self, asked: Fetch) -> None:
        if not settings.DROP_DIR:
            raise Trouble("drop_off")
        with acting_for(asked.account.library_id):
            slug = Library.objects.values_list("slug", flat=True).get(pk=asked.account.library_id)
        self.root = Path(settings.DROP_DIR) / slug

    def entries(self) -> list[Entry]:
        """Plain files alone: a link could lead out of the folder."""
        try:
            with os.scandir(self.root) as found:
                files = [one for one in found if one.is_file(follow_symlinks=False)]
                return sorted(Entry(one.name, _mark(one.stat(follow_symlinks=False))) for one in files)
        except OSError:
            raise Trouble("no_folder") from None

    def read(self, name: str, into: Path) -> None:
        try:
            with (
                open(os.open(self.root / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file,
                into.open("wb") as copy,
            ):
                shutil.copyfileobj(file, copy)
        except OSError:
            raise Trouble("cut_off", is_passing=True) from None

    def move(self, name: str, folder: str) -> bool:
        path = self.root / name
        try:
            target = self.root / folder
            target.mkdir(exist_ok=True)
            path.rename(target / moved_name(name, _mark(path.stat())))
        except OSError:
            return False
        return True

    def close(self) -> None:
        """Nothing is held."""


def _mark(found: os.stat_result) -> str:
    return f"{found.st_size}:{found.st_mtime_ns}"
