"""One PostgreSQL server on a private socket."""

import contextlib
import subprocess
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

from bibmail.embedded import binaries, cluster, logs, shelf
from bibmail.embedded.lock import AlreadyRunning
from bibmail.embedded.place import Place
from bibmail.embedded.process import spawn

# A fast shutdown: sessions are cut off, and the data is left clean.
STOP = SIGINT

_PORT = 5432  # part of the socket's name; nothing listens on TCP
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "80",
    # A test loads many files in one transaction, and each brings temporary tables.
    "max_locks_per_transaction": "512",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "wal_compression": "off",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "logging_collector": "off",
}
# Faster tests; what the machine's crash would cost is thrown away anyhow.
_THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def start(place: Place, *, durable: bool, lock: int) -> subprocess.Popen[bytes]:
    """Start the server, after making its cluster the first time. The caller holds the folder's lock."""
    initdb = shelf.within_reach(binaries.initdb(), home=place.home, account=place.account)
    data = cluster.prepare(place, initdb=initdb, durable=durable)
    _clear_leftovers(data, place.sockets)
    directory = str(place.sockets).replace('"', '""')
    settings = _SETTINGS | ({} if durable else _THROWAWAY) | {"unix_socket_directories": f'"{directory}"'}
    command: list[str | Path] = [initdb.with_name("postgres"), "-D", data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with logs.fresh(place.folder, "postgres") as log:
        return spawn(command, account=place.account, log=log, dies_by=STOP, keeping=[lock])


def is_ready(place: Place, process: subprocess.Popen[bytes]) -> bool:
    """Does the server accept connections? It writes so on the eighth line of its pid file."""
    try:
        lines = (place.home / "postgres/postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready"


def url(place: Place, *, user: str, password: str, name: str) -> str:
    """A URL that libpq, psycopg2 and django-environ read alike."""
    # With the port in it, a PGPORT of the person at the keyboard does not point to another socket.
    login, database = f"{quote(user, safe='')}:{quote(password, safe='')}", quote(name, safe="")
    return f"postgres://{login}@/{database}?host={quote(str(place.sockets), safe='')}&port={_PORT}"


def _clear_leftovers(data: Path, sockets: Path) -> None:
    """Remove what a killed server left; PostgreSQL itself gives up when its old pid is somebody else's."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists():
        pid = pid_file.read_text(errors="replace").partition("\n")[0].strip()
        if pid.isdecimal() and _works_in(pid, data):
            raise AlreadyRunning(f"Process {pid} serves {data}, and it was not started by us. Stop it first.")
        pid_file.unlink()
    for leftover in sockets.glob(".s.PGSQL.*"):
        leftover.unlink()


def _works_in(pid: str, data: Path) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cwd").readlink() == data
    return False
