"""Where the measurements play: services and a database of their own, migrated, logged in as the plain role."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from bibmail.embedded import Services
from bibmail.tenancy import database

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def stage() -> Iterator[Path]:
    """A folder under var/bench for files; Django is set up when the block begins."""
    (ROOT / "var" / "bench").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=ROOT / "var" / "bench"))
    try:
        with Services(folder / "services") as services:
            passwords = {role: secrets.token_hex(12) for role in ("bibmail_app", "bibmail_migrate")}
            database.prepare(services.superuser_url, name="bibmail", passwords=passwords)
            urls = {
                role: database.login_url(services.superuser_url, role=role, password=password, name="bibmail")
                for role, password in passwords.items()
            }
            os.environ |= {
                "BIBMAIL_ENVIRONMENT": "test",
                "DJANGO_SETTINGS_MODULE": "bibmail.settings",
                "DATABASE_URL": urls["bibmail_app"],
                "BROKER_URL": services.broker_url,
                "UPLOADS_DIR": str(folder / "uploads"),
                "LOG_LEVEL": "WARNING",
                # For what only an owner may do: statistics, a database for a peer.
                "BENCH_ADMIN_URL": database.with_database(services.superuser_url, "bibmail"),
            }
            _migrate(urls["bibmail_migrate"])
            django.setup()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(url: str) -> None:
    words = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"]
    subprocess.run(words, env=os.environ | {"DATABASE_URL": url}, cwd=ROOT, check=True)
