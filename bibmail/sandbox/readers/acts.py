"""What people and machines do with a mail that arrived."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from bibmail.sandbox.readers import links
from bibmail.sandbox.readers.loopback import Line, Unreachable, is_loopback
from bibmail.sandbox.readers.pages import Browser, Field, Form

_PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
_SCANNER = {"User-Agent": "Mozilla/5.0 (compatible; MailLinkScanner/2.1; security)"}
_PROXY = {"User-Agent": "Mozilla/5.0 (compatible; MailPrivacyProxy/1.0)"}
_PREFETCH = {**_PERSON, "Sec-Purpose": "prefetch", "Purpose": "prefetch"}
_ONE_CLICK = b"List-Unsubscribe=One-Click"
_WORDS = (
    "Dank je wel, ik kom binnenkort eens langs!",
    "Kan ik mijn boeken ook zaterdag binnenbrengen?",
    "Mijn lidkaart is weg. Wat moet ik doen?",
    "Ik verhuisde. Past u mijn adres aan?",
    "Automatisch antwoord: ik ben afwezig tot maandag.",
)


@dataclass(frozen=True)
class Letter:
    """A mail as a reader has it before them."""

    html: str
    headers: Mapping[str, str]
    reply_to: str
    # The same reader does the same with the same mail.
    seed: str

    @property
    def chance(self) -> Random:
        """Chance that always falls the same way for this mail."""
        return Random(self.seed)  # noqa: S311  # a story, not a secret


def perform(what: str, letter: Letter, line: Line) -> dict[str, Any]:
    """Do it; return what is told of it in the ledger. Never an address of a person."""
    try:
        return _ACTS[what](letter, line)
    except Unreachable as nobody:
        return {"unreachable": str(nobody)}


def _click(letter: Letter, line: Line) -> dict[str, Any]:
    found = links.in_html(letter.html).of_kind("l")
    if not found:
        return {"nothing": "no link"}
    # The first links stand in sight, so they get most clicks.
    weights = [1 / (place + 1) for place in range(len(found))]
    place = letter.chance.choices(range(len(found)), weights)[0]
    if not is_loopback(found[place]):
        return {"nothing": "not on this machine"}
    return {"link": place, "status": line.ask("GET", found[place], headers=_PERSON).status}


def _scan(letter: Letter, line: Line) -> dict[str, Any]:
    """Every link, the one to unsubscribe too, first a look and then the page; no cookies, no patience."""
    urls = links.in_html(letter.html).hrefs
    header = links.one_click(letter.headers)
    urls += [header] if header and header not in urls else []
    ours = [url for url in urls if is_loopback(url)]
    for url in ours:
        for method in ("HEAD", "GET"):
            line.ask(method, url, headers=_SCANNER)
    return {"links": len(ours)}


def _prefetch(letter: Letter, line: Line) -> dict[str, Any]:
    """A mail programme that fetches all pictures before anybody looks."""
    ours = [url for url in links.in_html(letter.html).images if is_loopback(url)]
    for url in ours:
        line.ask("GET", url, headers=_PROXY)
    return {"images": len(ours)}


def _prefetch_link(letter: Letter, line: Line) -> dict[str, Any]:
    """A browser that guesses which link comes next."""
    found = [url for url in links.in_html(letter.html).of_kind("l") if is_loopback(url)]
    return (
        {"status": line.ask("GET", found[0], headers=_PREFETCH).status} if found else {"nothing": "no link"}
    )


def _reply(letter: Letter, line: Line) -> dict[str, Any]:
    """No HTTP: a reply goes to the mailbox of the library, and the ledger stands for it."""
    return {"to": letter.reply_to, "text": letter.chance.choice(_WORDS)}


def _unsubscribe(letter: Letter, line: Line) -> dict[str, Any]:
    url = links.one_click(letter.headers)
    if url:
        if not is_loopback(url):
            return {"nothing": "not on this machine"}
        # RFC 8058 to the letter: this body, no cookies, nothing else.
        headers = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "one-click"}
        return {"one_click": True, "status": line.ask("POST", url, body=_ONE_CLICK, headers=headers).status}
    found = [url for url in links.in_html(letter.html).of_kind("u") if is_loopback(url)]
    if not found:
        return {"nothing": "no link"}
    browser = Browser(line)
    browser.open(found[0])
    form = next((form for form in browser.forms if form.method == "post"), None)
    return {"one_click": False, "status": browser.send(form, form.pairs()) if form else browser.status}


def _preferences(change: Callable[[list[Form], Random], tuple[Form, Field] | None]) -> Callable[..., Any]:
    def act(letter: Letter, line: Line) -> dict[str, Any]:
        found = [url for url in links.in_html(letter.html).of_kind("v") if is_loopback(url)]
        if not found:
            return {"nothing": "no link"}
        browser = Browser(line)
        status = browser.open(found[0])
        changed = change([form for form in browser.forms if form.method == "post"], letter.chance)
        if changed is None:
            return {"nothing": "nothing to change", "status": status}
        form, one = changed
        label = one.name if one.name not in {"topic", "topics"} else one.value
        return {"changed": label, "on": one.is_on, "status": browser.send(form, form.pairs())}

    return act


def _turn_topic(*, on: bool) -> Callable[[list[Form], Random], tuple[Form, Field] | None]:
    def change(forms: list[Form], chance: Random) -> tuple[Form, Field] | None:
        found = [
            (form, one) for form in forms for one in form.fields if _is_topic(one) and one.is_on is not on
        ]
        if not found:
            return None
        form, one = chance.choice(found)
        one.is_on = on
        return form, one

    return change


def _slow_down(forms: list[Form], chance: Random) -> tuple[Form, Field] | None:
    """Rustig aan: at most one mail a week, or a month."""
    wanted = chance.choice(("week", "month"))
    for form in forms:
        paces = [one for one in form.fields if one.name == "pace"]
        for one in paces:
            if one.kind == "select" and wanted in one.options:
                one.value = wanted
                return form, one
            if one.kind == "radio" and one.value == wanted and not one.is_on:
                for other in paces:
                    other.is_on = other is one
                return form, one
    return None


def _study(forms: list[Form], chance: Random) -> tuple[Form, Field] | None:
    """Ik kom studeren."""
    for form in forms:
        for one in form.fields:
            if one.name == "interest_studying" and one.kind == "checkbox" and not one.is_on:
                one.is_on = True
                return form, one
    return None


def _is_topic(one: Field) -> bool:
    return one.kind == "checkbox" and one.name.startswith("topic")


_ACTS: dict[str, Callable[[Letter, Line], dict[str, Any]]] = {
    "click": _click,
    "scan": _scan,
    "prefetch": _prefetch,
    "prefetch_link": _prefetch_link,
    "reply": _reply,
    "unsubscribe": _unsubscribe,
    "topic_off": _preferences(_turn_topic(on=False)),
    "topic_on": _preferences(_turn_topic(on=True)),
    "slow_down": _preferences(_slow_down),
    "interest_studying": _preferences(_study),
}
