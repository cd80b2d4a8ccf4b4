"""Pages as a browser without scripts sees them: follow, keep cookies, fill in a form, send it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin

from bibmail.sandbox.readers.loopback import Answer, Line, is_loopback

_AGENT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
)
_MOST_HOPS = 5


@dataclass
class Field:
    """One field of a form."""

    name: str
    kind: str
    value: str = ""
    is_on: bool = False
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form with its fields in order."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def pairs(self) -> list[tuple[str, str]]:
        """What a browser would send: boxes that are ticked, and of the buttons the first that has no name."""
        sent = []
        for one in self.fields:
            if one.kind in {"submit", "button"} or not one.name:
                continue
            if one.kind in {"checkbox", "radio"} and not one.is_on:
                continue
            sent.append((one.name, one.value))
        return sent


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._by_id: dict[str, Form] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(
                given.get("action") or given.get("hx-post", ""), given.get("method", "get").lower()
            )
            if given.get("hx-post"):
                self._form.method = "post"
            self.forms.append(self._form)
            self._by_id[given.get("id", "")] = self._form
        elif tag in {"input", "button", "select", "textarea"}:
            self._add(tag, given)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given or len(self._select.options) == 1:
                self._select.value = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None

    def _add(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given["form"]) if "form" in given else self._form
        if form is None or "disabled" in given:
            return
        kind = {"button": "submit", "input": given.get("type", "text").lower()}.get(tag, tag)
        default = "on" if kind in {"checkbox", "radio"} else ""
        one = Field(given.get("name", ""), kind, given.get("value", default), "checked" in given)
        form.fields.append(one)
        self._select = one if tag == "select" else self._select


class Browser:
    """One visit of one person: cookies live as long as it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._cookies: dict[str, str] = {}
        self.url = ""
        self.status = 0
        self.forms: list[Form] = []

    def open(self, url: str) -> int:
        """The status of the page at the end of all redirects on this machine."""
        return self._go("GET", url, b"")

    def send(self, form: Form, pairs: list[tuple[str, str]]) -> int:
        """Send a form of the page that is open; the status of what follows."""
        url = urljoin(self.url, form.action or self.url)
        body = urlencode(pairs)
        if form.method == "post":
            return self._go("POST", url, body.encode())
        return self._go("GET", f"{url}?{body}", b"")

    def _go(self, method: str, url: str, body: bytes) -> int:
        for _ in range(_MOST_HOPS):
            answer = self._line.ask(method, url, body=body, headers=self._headers(method))
            self._keep(answer)
            self.url, self.status = url, answer.status
            onward = urljoin(url, answer.headers.get("location", ""))
            if answer.status not in {301, 302, 303, 307} or not is_loopback(onward):
                break
            method, url, body = "GET", onward, b""
        reader = _Forms()
        reader.feed(answer.body)
        self.forms = reader.forms
        return self.status

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"User-Agent": _AGENT, "Accept": "text/html", "Accept-Language": "nl-BE,nl"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if "csrftoken" in self._cookies:
                headers["X-CSRFToken"] = self._cookies["csrftoken"]
        return headers

    def _keep(self, answer: Answer) -> None:
        for line in answer.cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self._cookies.pop(name, None)
                else:
                    self._cookies[name] = morsel.coded_value
