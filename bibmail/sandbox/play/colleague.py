"""A colleague who sets three libraries up through the pages, as anybody would: house style, texts, journeys on."""

import re
from typing import Any

import requests

from bibmail.sandbox.demo import staff
from bibmail.tenancy.models import Library
from journeys import recipes

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CONFIRM = re.compile(r"Typ ([0-9.\u00a0]+) om te bevestigen")
_SECONDS = 60

# The library that also sends a newsletter.
SMALL = "heidebeke"

_COLOURS = {"heidebeke": "#14606b", "lindekerke": "#7a3b12", "zandvelde": "#2b4a8b"}

# What a library chose otherwise than the recipe; the city sends its second mails only to who asked for them.
_CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("heidebeke", "welcome"): {"welcome_series_as_service": True, "return_anywhere": True},
    ("lindekerke", "welcome"): {"welcome_series_as_service": True, "return_anywhere": True},
    ("zandvelde", "welcome"): {"return_anywhere": True},
    ("zandvelde", "missed_you"): {"combine_membership_in_m1": False},
}


class Refused(Exception):
    """A page did not do what it was asked; the message names the page."""


class Colleague:
    """Somebody at a browser, logged in."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def log_in(self, email: str, password: str) -> None:
        self.fill_in("/account/login/", {"login": email, "password": password})

    def read(self, path: str) -> str:
        """What a page shows; raises Refused."""
        page = self._session.get(self._url + path, timeout=_SECONDS)
        if page.status_code != 200:
            raise Refused(f"{path} answered {page.status_code}.")
        return page.text

    def press(self, page: str, path: str) -> str:
        """Press the button on a page that posts to `path`; return where it leads. Raises Refused."""
        token = _TOKEN.search(self.read(page))
        answer = self._session.post(
            self._url + path,
            data={"csrfmiddlewaretoken": token[1] if token else ""},
            headers={"Referer": self._url + page},
            timeout=_SECONDS,
            allow_redirects=False,
        )
        if answer.status_code != 302:
            raise Refused(f"{path} answered {answer.status_code}.")
        return answer.headers["Location"]

    def fill_in(self, path: str, fields: dict[str, Any], *, to: str = "") -> None:
        """Open a page, fill a form in and send it, to the page itself or `to` its own path; raises Refused."""
        token = _TOKEN.search(self.read(path))
        if token is None:
            raise Refused(f"{path} has no form.")
        answer = self._session.post(
            self._url + (to or path),
            data=fields | {"csrfmiddlewaretoken": token[1]},
            headers={"Referer": self._url + path},
            timeout=_SECONDS,
            allow_redirects=False,
        )
        if answer.status_code != 302:
            raise Refused(f"{to or path} did not take what was filled in ({answer.status_code}).")


def begin(url: str) -> Colleague:
    """Set up every library of the demo and return who did; raises Refused."""
    sofie = Colleague(url)
    sofie.log_in(staff.LOGINS[0].email, staff.PASSWORD)
    for library in Library.objects.order_by("pk"):
        _set_up(sofie, library)
    return sofie


def again(url: str) -> Colleague:
    """The same colleague after an interruption."""
    sofie = Colleague(url)
    sofie.log_in(staff.LOGINS[0].email, staff.PASSWORD)
    return sofie


def send_newsletter(sofie: Colleague) -> None:
    """The small library wishes its readers a good year, to everyone who wants the newsletter; raises Refused."""
    here = f"/b/{SMALL}/mails"
    letter = sofie.press(f"{here}/", f"{here}/nieuwsbrief/")
    sofie.fill_in(
        letter,
        {
            "name": "Nieuwsbrief januari",
            "subject": "Een nieuw jaar vol verhalen, [Voornaam]",
            "preheader": "Dit kwam er net bij, en dit is er te doen.",
            "topic": "newsletter",
        },
    )
    # Its greeting, the first block of a new newsletter.
    sofie.fill_in(
        letter,
        {
            "blok": "b1",
            "b1-title": "Gelukkig nieuwjaar, [Voornaam]!",
            "b1-text": (
                "Een nieuw jaar is een stapel boeken die je nog niet gelezen hebt. Deze kwamen er net bij."
                "\n\nKom ook eens langs voor een van onze activiteiten. Tot in de bib!"
            ),
        },
        to=f"{letter}blok/",
    )
    # Whom it reaches is counted on the page, and typed over.
    asked = sofie.read(f"{letter}versturen/")
    found = _CONFIRM.search(asked)
    if found is None:
        raise Refused(f"{letter}versturen/ does not say how many people it is for.")
    sofie.fill_in(f"{letter}versturen/", {"when": "now", "count": found[1]})


def _set_up(sofie: Colleague, library: Library) -> None:
    here, site = f"/b/{library.slug}", f"https://{library.slug}.example.be"
    post = f"bib@{library.slug}.example.be"
    sofie.fill_in(
        f"{here}/instellingen/huisstijl/",
        {
            "sender_name": library.name,
            "sender_email": post,
            "reply_to": post,
            "colour": _COLOURS[library.slug],
        },
    )
    sofie.fill_in(f"{here}/instellingen/teksten/", _texts(library, site, post))
    for code in recipes.ORDER:
        sofie.fill_in(
            f"{here}/klantreizen/{code}/aanzetten/", _choices(library.slug, code) | {"audience": "people"}
        )


def _texts(library: Library, site: str, post: str) -> dict[str, str]:
    return {
        "website_url": site,
        "catalogue_url": f"{site}/catalogus",
        "my_library_url": f"{site}/mijn-bibliotheek",
        "privacy_url": f"{site}/privacy",
        "phone": "09 000 00 00",
        "email": post,
        "loan_rules": "Je leent tot 15 stuks tegelijk, drie weken lang. Verlengen kan twee keer.",
        "membership_options": (
            "Tot en met 17 jaar ben je gratis lid. Daarna betaal je 5 euro per jaar. "
            "Verlengen doe je aan de balie of in Mijn Bibliotheek."
        ),
        "reduced_fare": "In onze gemeente bestaat er een kansentarief. Vraag ernaar aan de balie of lees meer.",
        "reduced_fare_url": f"{site}/kansentarief",
        "controller": f"Gemeente {library.municipality}",
        "privacy_contact": f"Mail naar privacy@{library.slug}.example.be",
    }


def _choices(slug: str, code: str) -> dict[str, Any]:
    """The form of a recipe's settings as a browser sends it: a box that is off is not sent."""
    recipe = recipes.get(code)
    chosen = recipes.defaults(recipe) | _CHOICES.get((slug, code), {})
    return {key: "on" if value is True else value for key, value in chosen.items() if value is not False}
