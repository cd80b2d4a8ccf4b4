"""A folder on an SFTP server whose key is known beforehand: who shows another one gets no password."""

import base64
import hashlib
import hmac
import io
import socket
import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import paramiko

from members.connectors.addresses import Forbidden, refuse_stranger
from members.connectors.places.place import Entry, moved_name
from members.connectors.registry import Fetch
from members.connectors.trouble import Trouble

_SECONDS = 15.0
_BEAT_BYTES = 50_000_000
_KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


def fingerprint(key: paramiko.PKey) -> str:
    """As `ssh-keygen -lf` shows it: SHA256:…"""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


class SftpPlace:
    """A connection for the length of one fetch."""

    def __init__(self, asked: Fetch) -> None:
        filled, secrets = asked.account.options, asked.account.secrets
        # A long file must not make us look dead.
        self._beat = asked.door.on_wait
        self.root = PurePosixPath(filled.get("folder") or ".")
        self._transport = _connected(filled["host"], int(filled.get("port") or 22))
        try:
            self._come_in(filled["host_key"], filled["user"], secrets)
            client = paramiko.SFTPClient.from_transport(self._transport)
        except BaseException:
            self._transport.close()
            raise
        if client is None:
            raise Trouble("no_connection", is_passing=True)
        client.get_channel().settimeout(_SECONDS)  # type: ignore[union-attr]  # an open client has one
        self._client, self._told = client, 0

    def _come_in(self, pinned: str, user: str, held: Mapping[str, str]) -> None:
        try:
            self._transport.start_client(timeout=_SECONDS)
            shown = fingerprint(self._transport.get_remote_server_key())
            if not hmac.compare_digest(shown.encode(), _pinned(pinned).encode()):
                raise Trouble("host_key")
            if held.get("private_key"):
                self._transport.auth_publickey(
                    user, _private_key(held["private_key"], held.get("password") or None)
                )
            else:
                self._transport.auth_password(user, held.get("password", ""))
        except paramiko.AuthenticationException:
            raise Trouble("not_let_in") from None
        except (paramiko.SSHException, OSError, EOFError):
            raise Trouble("no_connection", is_passing=True) from None

    def entries(self) -> list[Entry]:
        try:
            found = self._client.listdir_attr(str(self.root))
        except (OSError, paramiko.SSHException, EOFError):
            raise Trouble("no_folder") from None
        return sorted(
            Entry(one.filename, f"{one.st_size}:{one.st_mtime}")
            for one in found
            if one.st_mode is not None and stat.S_ISREG(one.st_mode)
        )

    def read(self, name: str, into: Path) -> None:
        try:
            self._client.get(str(self.root / name), str(into), callback=self._far)
        except (OSError, paramiko.SSHException, EOFError):
            raise Trouble("cut_off", is_passing=True) from None

    def _far(self, done: int, _total: int) -> None:
        if done - self._told > _BEAT_BYTES:
            self._told = done
            self._beat()

    def move(self, name: str, folder: str) -> bool:
        path, target = self.root / name, self.root / folder
        try:
            found = self._client.stat(str(path))
            self._make(target)
            self._client.rename(
                str(path), str(target / moved_name(name, f"{found.st_size}:{found.st_mtime}"))
            )
        except (OSError, paramiko.SSHException, EOFError):
            return False
        return True

    def _make(self, folder: PurePosixPath) -> None:
        try:
            self._client.stat(str(folder))
        except OSError:
            self._client.mkdir(str(folder))

    def close(self) -> None:
        self._client.close()
        self._transport.close()


def _connected(host: str, port: int) -> paramiko.Transport:
    """A connection that is looked at before anything is said over it; raises Trouble."""
    try:
        return paramiko.Transport(refuse_stranger(socket.create_connection((host, port), timeout=_SECONDS)))
    except Forbidden:
        raise Trouble("forbidden_address") from None
    except (OSError, paramiko.SSHException):
        raise Trouble("no_connection", is_passing=True) from None


def _pinned(said: str) -> str:
    """What was filled in, also where somebody copied the whole line of ssh-keygen."""
    words = [word for word in said.split() if word.startswith("SHA256:")]
    return words[0].rstrip("=") if words else said.strip()


def _private_key(text: str, passphrase: str | None) -> paramiko.PKey:
    for kind in _KEYS:
        try:
            return kind.from_private_key(io.StringIO(text.strip() + "\n"), password=passphrase)
        except (paramiko.SSHException, ValueError):
            continue
    raise Trouble("not_let_in")
