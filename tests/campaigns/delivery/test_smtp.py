"""SMTP, against a small server that says what a test wants it to say."""

import socketserver
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import LazySettings

from campaigns.delivery import esp
from campaigns.delivery.esp import Accepted, NotFromHere, NotTaken, Refused, Unclear
from tests.campaigns.delivery.test_envelope import GOOD


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(" ")[0].upper()
            if verb == "DATA":
                if self.server.answers.get("DATA", "354 go on")[0] != "3":  # type: ignore[attr-defined]
                    self.say(self.server.answers["DATA"])  # type: ignore[attr-defined]
                    continue
                self.say("354 go on")
                body = b""
                while not body.endswith(b"\r\n.\r\n"):
                    body += self.rfile.readline()
                self.server.mails.append(body.decode())  # type: ignore[attr-defined]
                if self.server.answers.get("END") == "hang up":  # type: ignore[attr-defined]
                    return
                self.say("250 kept")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say(self.server.answers.get(verb, "250 fine"))  # type: ignore[attr-defined]

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, answers: dict[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answers, self.mails = answers, list[str]()


@contextmanager
def smtp(settings: LazySettings, **answers: str) -> Iterator[_Server]:
    with _Server(answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        settings.ESP_KIND = "smtp"
        settings.ESP_SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
        settings.ESP_READ_SECONDS = 2.0
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def deliver() -> esp.Answer:
    return esp.deliver([GOOD], esp.of_network(), key=uuid.uuid4())


def test_a_mail_arrives_with_its_headers_and_both_parts(settings: LazySettings) -> None:
    with smtp(settings) as server:
        answer = deliver()

    assert isinstance(answer, Accepted)
    [mail] = server.mails
    assert "List-Unsubscribe: <https://example.org/u/x/>" in mail
    assert "multipart/alternative" in mail
    assert "To: noor@example.be" in mail


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"RCPT": "550 no such person"}, Refused),
        ({"RCPT": "451 come back later"}, NotTaken),
        ({"MAIL": "452 full"}, NotTaken),
        ({"DATA": "554 no"}, Refused),
        ({"END": "hang up"}, Unclear),
    ],
)
def test_what_the_server_says_is_told_apart(
    settings: LazySettings, answers: dict[str, str], expected: type
) -> None:
    with smtp(settings, **answers):
        assert isinstance(deliver(), expected)


def test_nobody_at_home_is_surely_no_mail(settings: LazySettings) -> None:
    with smtp(settings) as server:
        port = server.server_address[1]
    settings.ESP_SMTP_URL = f"smtp://127.0.0.1:{port}"

    assert isinstance(deliver(), NotTaken)


@pytest.mark.parametrize("kind", ["smtp", "brevo"])
def test_outside_production_nobody_elsewhere_is_called(settings: LazySettings, kind: str) -> None:
    settings.ESP_KIND = kind
    settings.ESP_SMTP_URL = "smtp://mail.example.org:25"
    settings.ESP_API_URL = "https://api.example.org/v3/"

    with pytest.raises(NotFromHere):
        deliver()
