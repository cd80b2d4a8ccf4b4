"""Where the demo's pages are: this machine only."""

import errno
import socket

from bibmail.sandbox.demo.refusal import CannotShow

HOST = "127.0.0.1"


def free_port(wanted: str) -> int:
    """The port as a number; refused when it is none, or when somebody has it."""
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 65535:
        raise CannotShow(f"PORT={wanted} is no port. Choose a number, for example: make demo PORT=8001")
    port = int(wanted)
    with socket.socket() as probe:
        # As gunicorn does: a port that was let go a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as refusal:
            why = "is in use" if refusal.errno == errno.EADDRINUSE else "is not ours to have"
            raise CannotShow(f"Port {port} {why}. Choose another one: make demo PORT={port + 1}") from None
    return port


def any_free_port() -> int:
    """A port that nobody has now, for what no person has to type."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_beside(port: int, *, by: int = 25) -> int:
    """The sandbox's port: 25 further, as a mail provider would like, else any."""
    try:
        return free_port(str(port + by))
    except CannotShow:
        return any_free_port()
