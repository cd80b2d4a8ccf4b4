"""Readers do what they do over HTTP, on this machine only."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from bibmail.sandbox.readers import links
from bibmail.sandbox.readers.loopback import Line, NotLoopback, Unreachable
from bibmail.sandbox.readers.pages import Browser
from tests.sandbox.esp_stage import Application, Asked, Sandbox, a_mail

ONE_CLICK = "List-Unsubscribe=One-Click"
PAGE = """
<form method="post" action="/v/bewaar/">
  <input type="hidden" name="csrfmiddlewaretoken" value="t">
  <input type="checkbox" name="topic" value="newsletter" checked>
  <input type="checkbox" name="topic" value="events">
  <input type="checkbox" name="data_use" value="use_loan_history" checked>
  <input type="checkbox" name="interest_studying">
  <input type="radio" name="pace" value="" checked><input type="radio" name="pace" value="week">
  <input type="radio" name="pace" value="month">
  <select name="language"><option value="nl" selected>Nederlands<option value="en">English</select>
  <button>Bewaar</button><button name="stop" value="all">Stop alle mails</button>
</form>
"""


def a_letter(base: str, *, one_click: bool = True) -> dict[str, Any]:
    """A mail with every kind of link, and one that leads away from this machine."""
    html = (
        f'<a href="{base}/l/one/">Lees</a><a href="{base}/l/two/">Meer</a><a href="{base}/v/me/">Voorkeuren</a>'
        f'<a href="{base}/u/me/">Uitschrijven</a><a href="{base}/w/me/">Waarom</a><a href="{base}/m/me/">Online</a>'
        f'<a href="https://elders.example.org/">Elders</a><img src="{base}/static/logo.png">'
    )
    headers = {"List-Unsubscribe": f"<{base}/u/me/>, <mailto:bib@example.be>"}
    headers |= {"List-Unsubscribe-Post": ONE_CLICK} if one_click else {}
    return a_mail(htmlContent=html, headers=headers, replyTo={"email": "bib@zottegem.example.be"})


def the_member_pages(asked: Asked) -> tuple[int, dict[str, str], str]:
    """A small stand-in: the token gives a cookie and leads to the page."""
    if asked.path == "/v/me/":
        return 302, {"Location": "/v/", "Set-Cookie": "me=signed; Path=/v/; HttpOnly"}, ""
    if asked.path == "/v/":
        return (200, {}, PAGE) if asked.headers.get("Cookie") == "me=signed" else (403, {}, "")
    if asked.path.startswith("/l/"):
        return 302, {"Location": "https://elders.example.org/"}, ""
    return 200, {}, "<form method=post><input type=hidden name=a value=b><button>Ja</button></form>"


@pytest.fixture
def read(sandbox: Sandbox, application: Application) -> Callable[..., list[Asked]]:
    """Let a reader who does this get a mail; what the application was asked."""

    def reading(*, one_click: bool = True, **rates: float) -> list[Asked]:
        application.answers = the_member_pages
        sandbox.rates(**rates)
        sandbox.send(a_letter(application.url, one_click=one_click))
        sandbox.clock.pass_(days=3)
        sandbox.settle()
        return application.visits

    return reading


def test_a_click_asks_for_one_of_our_links_and_follows_nobody_away(read: Callable[..., list[Asked]]) -> None:
    visits = read(click=1)

    assert [visit.method for visit in visits] == ["GET"]
    assert visits[0].path in {"/l/one/", "/l/two/"}
    assert "Firefox" in visits[0].headers["User-Agent"]


def test_one_click_is_the_exact_body_without_cookies(read: Callable[..., list[Asked]]) -> None:
    visits = read(unsubscribe=1)

    assert [(visit.method, visit.path, visit.body) for visit in visits] == [
        ("POST", "/u/me/", ONE_CLICK.encode())
    ]
    assert visits[0].headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Cookie" not in visits[0].headers


def test_without_the_header_a_person_confirms_on_the_page(read: Callable[..., list[Asked]]) -> None:
    visits = read(unsubscribe=1, one_click=False)

    assert [(visit.method, visit.body) for visit in visits] == [("GET", b""), ("POST", b"a=b")]


def test_a_scanner_looks_at_every_link_of_this_machine(read: Callable[..., list[Asked]]) -> None:
    visits = read(scanner=1)

    assert [visit.method for visit in visits] == ["HEAD", "GET"] * 6
    assert {visit.path for visit in visits} >= {"/u/me/", "/v/me/", "/l/one/", "/l/two/"}
    assert all("Scanner" in visit.headers["User-Agent"] for visit in visits)


def test_a_mail_programme_fetches_pictures(read: Callable[..., list[Asked]]) -> None:
    assert [visit.path for visit in read(prefetch=1)] == ["/static/logo.png"]


def test_a_browser_that_guesses_says_so(read: Callable[..., list[Asked]]) -> None:
    visits = read(link_prefetch=1)

    assert [(visit.path, visit.headers["Sec-Purpose"]) for visit in visits] == [("/l/one/", "prefetch")]


@pytest.mark.parametrize(
    ("what", "field", "values"),
    [
        ("topic_off", "topic", None),
        ("topic_on", "topic", ["newsletter", "events"]),
        ("interest_studying", "interest_studying", ["on"]),
    ],
)
def test_a_reader_changes_one_thing_among_the_preferences(
    read: Callable[..., list[Asked]], sandbox: Sandbox, what: str, field: str, values: list[str] | None
) -> None:
    others = dict.fromkeys(("topic_off", "topic_on", "slow_down", "interest_studying"), 0)

    visits = read(preferences=1, **others | {what: 1})

    sent = parse_qs(visits[-1].body.decode())
    assert [visit.path for visit in visits] == ["/v/me/", "/v/", "/v/bewaar/"]
    assert sent.get(field) == values
    assert sent["csrfmiddlewaretoken"] == ["t"]
    assert sent["data_use"] == ["use_loan_history"]
    assert "stop" not in sent
    assert sandbox.book.happenings()[-1].detail["status"] == 200


def test_a_reader_may_want_less_mail(read: Callable[..., list[Asked]]) -> None:
    visits = read(preferences=1, topic_off=0, topic_on=0, interest_studying=0)

    assert parse_qs(visits[-1].body.decode())["pace"][0] in {"week", "month"}


def test_a_reply_is_written_down(read: Callable[..., list[Asked]], sandbox: Sandbox) -> None:
    read(reply=1)

    reply = sandbox.book.happenings()[-1]
    assert (reply.what, reply.detail["to"]) == ("reply", "bib@zottegem.example.be")


def test_a_mail_without_links_leaves_a_reader_nothing_to_do(sandbox: Sandbox) -> None:
    sandbox.rates(click=1)
    sandbox.send(a_mail())
    sandbox.clock.pass_(days=3)
    sandbox.settle()

    assert sandbox.book.happenings()[-1].detail == {"nothing": "no link"}


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "http://example.org/",
        "http://127.0.0.1@example.org/",
        "http://127.0.0.2.example/",
    ],
)
def test_nobody_leaves_this_machine(url: str) -> None:
    with pytest.raises(NotLoopback):
        Line().ask("GET", url)


def test_a_page_that_leads_away_is_not_followed(application: Application) -> None:
    application.answers = the_member_pages
    line = Line()

    assert Browser(line).open(f"{application.url}/l/one/") == 302
    line.close()


def test_nobody_at_home_is_told_from_a_page(application: Application) -> None:
    with pytest.raises(Unreachable):
        Line().ask("GET", "http://127.0.0.1:1/")


def test_a_connection_that_was_closed_meanwhile_is_made_again(application: Application) -> None:
    line = Line()
    application.answers = lambda asked: (200, {"Connection": "close"}, "")

    assert [line.ask("GET", f"{application.url}/").status for _ in range(3)] == [200, 200, 200]


def test_one_click_takes_both_headers() -> None:
    url = "http://127.0.0.1/u/x/"

    assert links.one_click({"list-unsubscribe": f"<{url}>", "List-Unsubscribe-Post": ONE_CLICK}) == url
    assert links.one_click({"List-Unsubscribe": f"<{url}>"}) is None
