"""The demo's folder: data, files, logs, and the secrets that are made once."""

import json
import os
import secrets
import tempfile
from pathlib import Path

from bibmail.sandbox.demo.refusal import CannotShow
from bibmail.tenancy import roles

_NAMES = (
    "SECRET_KEY",
    "RECIPIENT_PEPPER",
    "ESP_API_KEY",
    "ESP_WEBHOOK_SECRET",
    *(f"{role.upper()}_PASSWORD" for role in roles.LOGINS),
)


class Folder:
    """Paths of one demo."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.services = self.root / "services"
        self.population = self.root / "population"
        self.uploads = self.root / "uploads"
        self.logs = self.root / "logs"
        self.mail = self.root / "mail"
        self.loaded = self.root / "loaded"
        self.life = self.root / "life"
        self.esp = self.root / "esp"
        self.faults = self.root / "faults"
        # What the make-believe sources know.
        self.world = self.root / "world.json"
        self.cautious = self.root / "cautious"
        # The last day that was played to its end.
        self.playing = self.root / "playing"
        # The report of the play; while it is not there the play has not been played.
        self.played = self.root / "played.txt"

    def make(self) -> None:
        """Make what is missing; refused in a sentence where we may not write."""
        try:
            for path in (self.root, self.uploads, self.logs, self.mail, self.esp, self.faults):
                path.mkdir(parents=True, exist_ok=True)
                tempfile.TemporaryFile(dir=path).close()
            for path in (self.uploads, self.logs, self.mail, self.esp):
                path.chmod(0o700)
        except OSError as refusal:
            raise CannotShow(
                f"The demo cannot write in {self.root}: {refusal.strerror}. "
                "Choose another folder: make demo DEMO_DIR=/path/to/folder"
            ) from None

    def secrets(self) -> dict[str, str]:
        """Random, made on the first run, readable by us alone."""
        path = self.root / "secrets.json"
        if not path.exists():
            made = {name: secrets.token_urlsafe(40) for name in _NAMES}
            unfinished = path.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(made, file)
            unfinished.rename(path)
        try:
            kept: dict[str, str] = json.loads(path.read_text())
        except (OSError, ValueError) as refusal:
            raise CannotShow(
                f"{path} cannot be read ({refusal}). Remove {self.root} to begin anew."
            ) from None
        return kept
