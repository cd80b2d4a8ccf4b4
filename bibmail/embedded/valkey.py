"""One Valkey server on a private socket: a doorbell for Celery, which keeps nothing on disk."""

import socket
import subprocess
from pathlib import Path
from signal import SIGTERM
from urllib.parse import quote

from bibmail.embedded import binaries, logs, shelf
from bibmail.embedded.place import Place
from bibmail.embedded.process import spawn

STOP = SIGTERM

# Eviction would lose rings of the bell without a word; a full memory says so.
_SETTINGS = {
    "--port": "0",
    "--unixsocketperm": "700",
    "--save": "",
    "--appendonly": "no",
    "--maxmemory-policy": "noeviction",
    "--daemonize": "no",
}


def start(place: Place, *, lock: int) -> subprocess.Popen[bytes]:
    """Start the server. The caller holds the folder's lock."""
    program = shelf.within_reach(binaries.valkey_server(), home=place.home, account=place.account)
    socket_path = _socket(place)
    socket_path.unlink(missing_ok=True)
    command: list[str | Path] = [program, "--unixsocket", socket_path]
    for name, value in _SETTINGS.items():
        command += [name, value]
    with logs.fresh(place.folder, "valkey") as log:
        return spawn(command, account=place.account, log=log, dies_by=STOP, keeping=[lock])


def is_ready(place: Place) -> bool:
    """Does the server answer?"""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(_socket(place)))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def broker_url(place: Place) -> str:
    """For Celery."""
    return f"redis+socket://{quote(str(_socket(place)))}"


def unix_url(place: Place) -> str:
    """For redis-py, which does not take Celery's spelling."""
    return f"unix://{quote(str(_socket(place)))}"


def _socket(place: Place) -> Path:
    return place.sockets / "valkey.sock"
