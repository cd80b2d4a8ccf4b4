"""What the servers say: this run in `<name>.log`, the previous one in `<name>.log.old`."""

import os
from pathlib import Path
from typing import IO

_LINES_TO_SHOW = 6


def fresh(folder: Path, name: str) -> IO[bytes]:
    """An empty log for this run; statements with personal data may come by, so nobody else reads it."""
    path = folder / f"{name}.log"
    if path.exists():
        path.replace(path.with_suffix(".log.old"))
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


def ending(folder: Path, name: str) -> str:
    """The last lines of the log, for a message."""
    lines = (folder / f"{name}.log").read_text(errors="replace").splitlines()
    return "\n".join(f"    {line}" for line in lines[-_LINES_TO_SHOW:])
