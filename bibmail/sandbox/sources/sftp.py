"""An SFTP server on this machine that serves one folder, with a key of its own and one user."""

import os
import socket
import threading
from pathlib import Path

import paramiko
import paramiko.common
import paramiko.sftp
from paramiko import SFTPAttributes, SFTPHandle, SFTPServer, SFTPServerInterface

from bibmail.sandbox.sources.world import Keys

HOST = "127.0.0.1"
_OK, _GONE, _DENIED = (
    paramiko.sftp.SFTP_OK,
    paramiko.sftp.SFTP_NO_SUCH_FILE,
    paramiko.sftp.SFTP_PERMISSION_DENIED,
)


class _Gate(paramiko.ServerInterface):
    """Lets one user in, by password or by the key that lies on the server."""

    def __init__(self, keys: Keys, root: Path, *, is_read_only: bool) -> None:
        self.keys, self.root, self.is_read_only = keys, root, is_read_only

    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (self.keys.sftp_user, self.keys.sftp_password)
        return paramiko.common.AUTH_SUCCESSFUL if right else paramiko.common.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        # paramiko has let the client prove that it holds the private half before this counts.
        known = self.keys.sftp_public_key
        right = username == self.keys.sftp_user and known and key.get_base64() == known
        return paramiko.common.AUTH_SUCCESSFUL if right else paramiko.common.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return (
            paramiko.common.OPEN_SUCCEEDED
            if kind == "session"
            else paramiko.common.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        )


class _Files(SFTPServerInterface):
    """The folder, and nothing outside it."""

    def __init__(self, server: paramiko.ServerInterface, *args: object, **kwargs: object) -> None:
        super().__init__(server, *args, **kwargs)
        assert isinstance(server, _Gate)  # noqa: S101  # ours
        self.gate = server

    def _real(self, path: str) -> Path:
        return self.gate.root / os.path.normpath(f"/{path}").lstrip("/")

    def list_folder(self, path: str) -> list[SFTPAttributes] | int:
        try:
            return [SFTPAttributes.from_stat(one.stat(), one.name) for one in self._real(path).iterdir()]
        except OSError:
            return _GONE

    def stat(self, path: str) -> SFTPAttributes | int:
        try:
            return SFTPAttributes.from_stat(self._real(path).stat())
        except OSError:
            return _GONE

    lstat = stat

    def open(self, path: str, flags: int, attr: SFTPAttributes) -> SFTPHandle | int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return _DENIED
        handle = SFTPHandle(flags)
        try:
            handle.readfile = self._real(path).open("rb")  # type: ignore[attr-defined]  # paramiko's own way
        except OSError:
            return _GONE
        return handle

    def rename(self, oldpath: str, newpath: str) -> int:
        return self._changed(lambda: self._real(oldpath).rename(self._real(newpath)))

    def mkdir(self, path: str, attr: SFTPAttributes) -> int:
        return self._changed(lambda: self._real(path).mkdir())

    def _changed(self, change: object) -> int:
        if self.gate.is_read_only:
            return _DENIED
        try:
            change()  # type: ignore[operator]  # one of ours, above
        except OSError:
            return _GONE
        return _OK


class SftpServer:
    """Serves until it is stopped; a connection at a time."""

    def __init__(self, root: Path, keys: Keys, *, port: int = 0, is_read_only: bool = False) -> None:
        self.root, self.keys, self.is_read_only = root, keys, is_read_only
        self.host_key: paramiko.PKey = paramiko.ECDSAKey.generate()
        self._socket = socket.create_server((HOST, port))
        self._socket.settimeout(0.2)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                connected, _ = self._socket.accept()
            except TimeoutError:
                continue
            self._converse(connected)

    def _converse(self, connected: socket.socket) -> None:
        transport = paramiko.Transport(connected)
        transport.add_server_key(self.host_key)
        transport.set_subsystem_handler("sftp", SFTPServer, _Files)
        try:
            transport.start_server(server=_Gate(self.keys, self.root, is_read_only=self.is_read_only))
            while transport.is_active() and not self._stopped.is_set():
                transport.join(0.05)
        except (paramiko.SSHException, EOFError, OSError):
            pass
        finally:
            transport.close()
