"""The inbox shows what was sent, and a mail can do nothing there."""

import json
from datetime import timedelta

import pytest
import requests

from tests.sandbox.esp_stage import Application, Sandbox, a_mail


def look(sandbox: Sandbox, path: str) -> requests.Response:
    return requests.get(f"{sandbox.url}{path}", timeout=10)


def a_library_mail(library: int, name: str, **changes: object) -> dict[str, object]:
    headers = {"X-Mailin-custom": json.dumps({"m": f"{library}", "l": library})}
    return a_mail(headers=headers, sender={"email": "bib@example.be", "name": name}, **changes)


def test_an_empty_inbox_says_so(sandbox: Sandbox) -> None:
    assert "Hier is nog geen mail aangekomen." in look(sandbox, "/").text


def test_the_newest_mail_stands_first_with_what_became_of_it(sandbox: Sandbox) -> None:
    sandbox.send(a_mail(subject="De eerste"))
    sandbox.send(a_mail(subject="De tweede"))
    sandbox.settle()

    page = look(sandbox, "/").text

    assert page.index("De tweede") < page.index("De eerste")
    assert "Aangekomen" in page


@pytest.mark.parametrize(("words", "found"), [("PIET", "Voor Piet"), ("voor noor", "Voor Noor")])
def test_a_mail_is_found_by_address_and_by_subject(sandbox: Sandbox, words: str, found: str) -> None:
    sandbox.send(a_mail(subject="Voor Noor"))
    sandbox.send(a_mail(subject="Voor Piet", to=[{"email": "piet@example.be"}]))

    page = look(sandbox, f"/?q={words}").text

    assert found in page
    assert page.count("/mail/") == 1


def test_a_library_can_be_chosen(sandbox: Sandbox) -> None:
    sandbox.send(a_library_mail(1, "Bib Zottegem", subject="Uit Zottegem"))
    sandbox.send(a_library_mail(2, "Bib Aalst", subject="Uit Aalst"))

    page = look(sandbox, "/?bib=2").text

    assert "Uit Aalst" in page
    assert "Uit Zottegem" not in page


def test_older_mails_stand_on_a_next_page(sandbox: Sandbox) -> None:
    for number in range(51):
        sandbox.send(a_mail(subject=f"Mail nummer {number}."))

    first, second = look(sandbox, "/").text, look(sandbox, "/?vanaf=50").text

    assert "Mail nummer 0." not in first
    assert "Mail nummer 0." in second
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "query", ["?bib=x", "?vanaf=-1", "?vanaf=99999999999999999999", "?q=%ff%00", "?toon=x"]
)
def test_a_strange_question_still_gets_a_page(sandbox: Sandbox, query: str) -> None:
    sandbox.send(a_mail())

    assert look(sandbox, f"/{query}").status_code == 200


def test_a_mail_shows_its_parts(sandbox: Sandbox) -> None:
    sandbox.send(a_mail(textContent="Dag in woorden", headers={"List-Id": "<nieuws.example.be>"}))
    sandbox.settle()

    assert "Dag in woorden" in look(sandbox, "/mail/1/?toon=tekst").text
    assert "&lt;nieuws.example.be&gt;" in look(sandbox, "/mail/1/?toon=kop").text
    assert "Bibmail hoorde het meteen." in look(sandbox, "/mail/1/?toon=verloop").text


@pytest.mark.parametrize(
    "what",
    ["complaint", "click", "unsubscribe", "preferences", "reply", "scanner", "prefetch", "link_prefetch"],
)
def test_everything_that_can_happen_has_words(sandbox: Sandbox, what: str) -> None:
    sandbox.rates(**{what: 1})
    sandbox.send(a_mail())
    sandbox.clock.at += timedelta(days=3)
    sandbox.settle()
    done = sandbox.book.happenings()[-1].what

    page = look(sandbox, "/mail/1/?toon=verloop").text

    assert f"{done}\n" not in page


def test_the_html_of_a_mail_is_shut_in(sandbox: Sandbox, application: Application) -> None:
    sandbox.send(a_mail(htmlContent="<html><head></head><body><script>alert(1)</script>Dag</body></html>"))

    raw = look(sandbox, "/mail/1/html")

    assert '<head><base target="_blank">' in raw.text
    assert "sandbox allow-popups" in raw.headers["Content-Security-Policy"]
    assert "default-src 'none'" in raw.headers["Content-Security-Policy"]
    assert application.url in raw.headers["Content-Security-Policy"]
    assert "allow-scripts" not in look(sandbox, "/mail/1/").text


@pytest.mark.parametrize(("scheme", "width"), [("licht", "max-width: 0"), ("donker", "min-width: 0")])
def test_a_mail_can_be_seen_in_the_dark(sandbox: Sandbox, scheme: str, width: str) -> None:
    sandbox.send(
        a_mail(htmlContent="<style>@media (prefers-color-scheme: dark) { p { color: #fff } }</style>")
    )

    assert f"@media ({width})" in look(sandbox, f"/mail/1/html?kleur={scheme}").text
    assert "(prefers-color-scheme: dark)" in look(sandbox, "/mail/1/html").text


def test_words_of_a_mail_are_no_html_of_the_page(sandbox: Sandbox) -> None:
    sandbox.send(a_mail(subject="<b>Dag</b>", textContent="<i>Dag</i>"))

    for path in ("/", "/mail/1/", "/mail/1/?toon=tekst", "/mail/1/?toon=kop"):
        assert "<b>Dag</b>" not in look(sandbox, path).text
    assert "<i>Dag</i>" not in look(sandbox, "/mail/1/?toon=tekst").text


@pytest.mark.parametrize(
    "path", ["/mail/7/", "/mail/7/html", "/elders", "/static/../settings.py", "/static/%2e%2e/x"]
)
def test_what_is_not_there_is_missing(sandbox: Sandbox, path: str) -> None:
    assert look(sandbox, path).status_code == 404


def test_its_pages_are_styled_and_ask_nobody_else(sandbox: Sandbox) -> None:
    page = look(sandbox, "/")

    assert look(sandbox, "/static/sandbox.css").headers["Content-Type"] == "text/css"
    assert "script-src 'none'" in page.headers["Content-Security-Policy"]
    assert "http://" not in page.text.replace(sandbox.url, "")
