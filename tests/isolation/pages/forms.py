"""Every form that a page offers, sent with the numbers of another library."""

from html.parser import HTMLParser
from typing import NamedTuple

from tests.isolation.makers import NOWHERE, World
from tests.isolation.pages.routes import address
from tests.isolation.pages.strangers import id_like_fields, wrong_with
from tests.isolation.pages.visitor import Visitor


class Form(NamedTuple):
    """What a page offers to send."""

    action: str
    data: dict[str, str]


class _Forms(HTMLParser):
    """Reads the forms of a page, each field with its value or something that fits its type."""

    _FITTING = {
        "email": "nieuw@example.be",
        "date": "2099-01-01",
        "time": "09:00",
        "number": "5",
        "url": "https://example.be/",
    }

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._page, self._open, self._select = page, Form(page, {}), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "form":
            self._open = Form(given.get("action") or given.get("hx-post") or self._page, {})
            if given.get("method", "").lower() == "post" or "hx-post" in given:
                self.found.append(self._open)
        elif "hx-post" in given:
            self.found.append(Form(given["hx-post"], self._open.data))
        elif tag == "textarea" and name:
            self._open.data[name] = "Een zin die lang genoeg is."
        elif tag == "select":
            self._select = name
        elif (
            tag == "option"
            and self._select
            and ("selected" in given or not self._open.data.get(self._select))
        ):
            self._open.data[self._select] = given.get("value", "")
        elif tag == "input" and name and kind not in {"file", "submit"}:
            self._input(name, kind, given)

    def _input(self, name: str, kind: str, given: dict[str, str]) -> None:
        if kind == "radio" and name in self._open.data and "checked" not in given:
            return
        self._open.data[name] = given.get("value") or self._FITTING.get(kind, "Nieuw")


def forms_of(world: World, visitor: Visitor, patterns: list[str]) -> list[Form]:
    """Every form that Aalst's own pages show, once."""
    found: dict[str, Form] = {}
    for route in patterns:
        path = address(route, slug="aalst", number=world.aalst.number)
        answer = visitor.ask("GET", path)
        reader = _Forms(path)
        reader.feed(answer.body.replace("NUMBER", str(world.aalst.number)))
        for form in reader.found:
            if form.action.startswith("/b/aalst/"):
                found.setdefault(f"{form.action} {sorted(form.data)}", form)
    return list(found.values())


def form_leaks(form: Form, world: World, visitor: Visitor) -> list[str]:
    """Aalst sends its own form with Zottegem's number in every field that holds one, and in new fields."""
    own = str(world.aalst.number)
    answers = []
    for number in (world.zottegem.number, NOWHERE):
        data = {name: str(number) if value == own else value for name, value in form.data.items()}
        data |= dict.fromkeys(set(id_like_fields()) - set(data), str(number))
        answers.append(visitor.ask("POST", form.action, data))
    theirs, nowhere = answers
    found = list(wrong_with(theirs, world.zottegem.canaries))
    if theirs != nowhere:
        found.append(f"can tell Zottegem's number from nowhere ({theirs.status}, {nowhere.status})")
    return [f"POST {form.action}: {leak}" for leak in found]
