"""A stand-in for somebody else's server: answers as it is told, and remembers what it heard."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Heard(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """`status`, `headers` and `seconds` are what the next answers look like."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.status, self.seconds = 204, 0.0
        self.headers: dict[str, str] = {}
        self.drips = False
        self.url = ""


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(self.path, named, body))
            time.sleep(receiver.seconds)
            try:
                self._answer()
            except OSError:
                return

        def _answer(self) -> None:
            if receiver.drips:
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for _ in range(100):
                    self.wfile.write(b"X-Drop: 1\r\n")
                    self.wfile.flush()
                    time.sleep(0.1)
                return
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/haak?bib=1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
