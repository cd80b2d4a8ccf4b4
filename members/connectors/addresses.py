"""Which machines may be called: in production only public ones, elsewhere only this machine.

The address is looked at on the open connection, before the first byte leaves: a name that points elsewhere
a moment later (DNS rebinding) gains nothing.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from members.connectors.trouble import Trouble


class Forbidden(Exception):
    """The connection is to a machine that we do not call."""


def may_be_called(address: str) -> bool:
    """Whether a connection to this IP address is allowed in this environment."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    if not settings.IN_PRODUCTION:
        return bool(mapped.is_loopback)
    return bool(mapped.is_global and not mapped.is_multicast)


def refuse_stranger(connected: socket.socket) -> socket.socket:
    """The socket itself; raises Forbidden, with the socket closed, when its other end may not be called."""
    if not may_be_called(connected.getpeername()[0]):
        connected.close()
        raise Forbidden
    return connected


def refuse_url(url: str) -> None:
    """Raises Trouble for an address that is none, or goes over the line in plain text in production."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        raise Trouble("bad_address")
    if settings.IN_PRODUCTION and parts.scheme != "https":
        raise Trouble("not_encrypted")


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return refuse_stranger(super()._new_conn())


class _EncryptedConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return refuse_stranger(super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _EncryptedConnection


class GuardedAdapter(HTTPAdapter):
    """Connections that are looked at before anything is said over them."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _EncryptedPool}
