"""A new PostgreSQL cluster, complete or not there, whose superuser has a random password."""

import os
import re
import secrets
import shutil
from pathlib import Path

from bibmail.embedded.account import Account
from bibmail.embedded.place import NotWritable, Place
from bibmail.embedded.process import run
from bibmail.embedded.refusal import Refused

_FIRST_WITH_BUILTIN_LOCALE = 17


class NoCluster(Refused):
    """initdb did not make a cluster."""


class PasswordLost(Refused):
    """The cluster is there, but the password of its superuser is not."""


def prepare(place: Place, *, initdb: Path, durable: bool) -> Path:
    """The data directory, made on the first call; refused when it belongs to another account."""
    data = place.home / "postgres"
    if not data.exists():
        _create(place, data, initdb=initdb, durable=durable)
    if data.stat().st_uid != place.account.uid:
        raise NotWritable(
            f"{data} does not belong to {place.account.name}: it was made by another user, or by root. "
            f"Start it as that user again, or remove {place.folder}."
        )
    if not place.password_file.exists():
        raise PasswordLost(
            f"{place.password_file} is gone, and nobody can log in to {data} without it. "
            f"Put the file back, or remove {place.folder} to begin anew."
        )
    return data


def _create(place: Place, data: Path, *, initdb: Path, durable: bool) -> None:
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, place.account.uid, place.account.gid)
    password = secrets.token_urlsafe(24)
    _write_secret(place.password_file, password)
    _initialise(unfinished, password, initdb=initdb, account=place.account, durable=durable)
    unfinished.rename(data)


def _initialise(data: Path, password: str, *, initdb: Path, account: Account, durable: bool) -> None:
    handover = data.with_name("password.once")  # the account cannot read our own file
    try:
        _write_secret(handover, password)
        os.chown(handover, account.uid, account.gid)
        options = _options(initdb, account, durable=durable)
        done = run([initdb, f"--pgdata={data}", f"--pwfile={handover}", *options], account=account)
    finally:
        handover.unlink(missing_ok=True)
    if done.returncode:
        raise NoCluster(f"initdb could not make a database in {data}. It said:\n{done.stderr.strip()}")


def _options(initdb: Path, account: Account, *, durable: bool) -> list[str]:
    options = ["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    if _version(initdb, account=account) >= _FIRST_WITH_BUILTIN_LOCALE:
        options.append("--locale-provider=builtin")
    return [*options, "--no-instructions", *([] if durable else ["--no-sync"])]


def _version(initdb: Path, *, account: Account) -> int:
    """The major version out of `initdb (PostgreSQL) 18.4 (Debian …)`."""
    said = run([initdb, "--version"], account=account)
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    if not found:
        raise NoCluster(f"{initdb} does not work here. It said:\n{said.stderr.strip()}")
    return int(found[1])


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
