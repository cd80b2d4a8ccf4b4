"""Every sentence on a screen has its English, and the switch shows it; a browser's own wish never does."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, time
from html import unescape
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages import extract, mofile, pofile
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation.template import templatize

from bibmail.tenancy import hours
from bibmail.tenancy.models import Library, OpeningException
from bibmail.tenancy.templatetags import bibmail as tags
from tests import pages

ROOT: Path = settings.ROOT
CATALOGUE = ROOT / "locale/en/LC_MESSAGES/django.po"
_CODE = ("bibmail", "members", "consent", "campaigns", "journeys")
# What Django's makemessages looks for, beside what every extractor knows.
_KEYWORDS = extract.DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

# A sentence with its context; the plural stands beside the singular.
Key = tuple[str | None, str | tuple[str, ...]]


def extracted() -> dict[Key, str]:
    """Every sentence of the code and the templates, with a file that has it."""
    found: dict[Key, str] = {}
    for path, source in _sources():
        for _line, words, _comments, context in extract.extract(
            "python", BytesIO(source.encode()), _KEYWORDS
        ):
            key = words if isinstance(words, str) else tuple(words)
            found[context, key] = str(path.relative_to(ROOT))
    return found


def _sources() -> Iterator[tuple[Path, str]]:
    for folder in _CODE:
        for path in (ROOT / folder).rglob("*.py"):
            yield path, path.read_text("utf-8")
    for path in (ROOT / "templates").rglob("*.*"):
        # As Python, in which the indents of HTML mean nothing.
        lines = templatize(path.read_text("utf-8"), origin=str(path)).splitlines()
        yield path, "\n".join(line.strip() for line in lines)


def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return pofile.read_po(file)


def translated() -> list[Message]:
    return [message for message in catalogue() if message.id]


def _key(message: Message) -> Key:
    return message.context, message.id if isinstance(message.id, str) else tuple(message.id)


def _texts(words: str | Iterable[str] | None) -> list[str]:
    return [words] if isinstance(words, str) else list(words or [""])


def _blanks(text: str) -> set[str]:
    """The places that are filled in, and the tags."""
    named = set(re.findall(r"%\(\w+\)[a-z]|</?\w+[^>]*>", text))
    return named | {f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name}


# --- The code and the templates ---------------------------------------------------------------------

# Names, which are the same in both languages.
_NAMES = {"Bibmail", "· Bibmail", "Bibmail, Cultuurconnect", "Nederlands", "English", "Français"}
_SILENT = (
    r"(?s)\{% blocktranslate\b.*?\{% endblocktranslate %\}|\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}"
    r"|\{% block (?:width|page_class) %\}.*?\{% endblock %\}|\{%.*?%\}|\{\{.*?\}\}"
)
_SPOKEN = r"\b(?:aria-label|title|placeholder|alt|data-l|data-done)=\"([^\"]*)\""


def test_a_template_writes_no_words_that_cannot_be_translated() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        source = re.sub(_SILENT, "\n", path.read_text("utf-8"))
        written = [
            *re.sub(r"(?s)<style>.*?</style>|<[^>]*>", "\n", source).splitlines(),
            *re.findall(_SPOKEN, source),
        ]
        words = {text.strip() for text in written if re.search(r"[^\W\d_]{2}", unescape(text))}
        assert words <= _NAMES, path


# --- The catalogue ---------------------------------------------------------------------------------


def test_every_sentence_is_in_the_catalogue() -> None:
    known = {_key(message) for message in translated()}

    assert {key: path for key, path in extracted().items() if key not in known} == {}


def test_the_catalogue_has_no_sentence_that_is_gone() -> None:
    found = extracted()

    assert [_key(message) for message in translated() if _key(message) not in found] == []


def test_every_sentence_is_translated_and_none_is_a_guess() -> None:
    for message in translated():
        assert all(text.strip() for text in _texts(message.string)), message.id
        assert not message.fuzzy, message.id


def test_a_translation_fills_in_the_same_and_keeps_the_tags() -> None:
    for message in translated():
        for dutch, english in zip(_texts(message.id), _texts(message.string), strict=True):
            assert _blanks(english) == _blanks(dutch), dutch
            assert (english[0] == " ", english.count("\n")) == (dutch[0] == " ", dutch.count("\n")), dutch


def test_the_heading_says_what_it_must_and_names_nobody() -> None:
    heading = CATALOGUE.read_text("utf-8").partition("\n\n")[0]

    assert r'"Content-Type: text/plain; charset=UTF-8\n"' in heading
    assert r'"Plural-Forms: nplurals=2; plural=(n != 1);\n"' in heading
    assert not re.search(r"fuzzy|Date|Translator|Team|Generator|Project-Id", heading)


def test_the_catalogue_compiles() -> None:
    binary = BytesIO()
    mofile.write_mo(binary, catalogue())
    binary.seek(0)

    assert len([message for message in mofile.read_mo(binary) if message.id]) == len(translated())


# --- The pages -------------------------------------------------------------------------------------

TITLES = [
    ("start", "Start", "Start"),
    ("contacts", "Contacten", "Contacts"),
    ("data", "Gegevens", "Data"),
    ("import-add", "Laad een bestand in", "Load a file"),
    ("inventory", "Wat we bewaren", "What we keep"),
    ("settings", "Instellingen", "Settings"),
    ("branches", "Vestigingen en openingsuren", "Branches and opening hours"),
    ("branch-add", "Voeg een vestiging toe", "Add a branch"),
    ("topics", "Thema’s", "Topics"),
    ("brand", "Huisstijl en afzender", "House style and sender"),
    ("texts", "Teksten en adressen", "Texts and addresses"),
    ("services", "Aanbod", "Services"),
    ("sending", "Versturen", "Sending"),
    ("mails", "Mails", "Mails"),
    ("messages", "Berichten", "Messages"),
    ("journeys", "Klantreizen", "Journeys"),
    ("staff", "Medewerkers en rollen", "Staff and roles"),
    ("staff-invite", "Nodig een collega uit", "Invite a colleague"),
    ("audit", "Wat collega’s deden", "What colleagues did"),
]


def in_english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def read(client: Client, url: str) -> tuple[str, str, str]:
    """The language of a page, its title and all of it."""
    text = unescape(client.get(url).content.decode())
    title = re.search(r"(?s)<title>\s*(.*?)\s* ·", text)
    language = re.search(r'<html lang="(\w+)"', text)
    assert title
    assert language
    return language[1], title[1], text


def dutch_left_in(text: str) -> list[str]:
    """The Dutch sentences of the catalogue that stand on a page; single words may be names."""
    words = " ".join(text.split())
    sentences = [
        dutch
        for message in translated()
        for dutch, english in zip(_texts(message.id), _texts(message.string), strict=True)
        if " " in dutch and len(dutch) > 10 and not _blanks(dutch) and dutch not in english
    ]
    return [dutch for dutch in sentences if dutch in words]


@pytest.mark.parametrize(("name", "dutch", "english"), TITLES)
def test_a_page_of_a_library_is_in_the_language_that_was_chosen(
    zottegem: Library, name: str, dutch: str, english: str
) -> None:
    client, url = pages.admin(zottegem), pages.at(zottegem, name)

    assert read(client, url)[:2] == ("nl", dutch)
    language, title, text = read(in_english(client), url)
    assert (language, title) == ("en", english)
    assert dutch_left_in(text) == []


@pytest.mark.parametrize(
    ("name", "dutch", "english"),
    [
        ("account_login", "Meld je aan", "Log in"),
        ("account_reset_password", "Wachtwoord vergeten", "Forgotten your password"),
    ],
)
def test_a_page_before_logging_in_is_in_the_language_that_was_chosen(
    db: None, name: str, dutch: str, english: str
) -> None:
    url = reverse(name)

    assert read(Client(), url)[:2] == ("nl", dutch)
    language, title, text = read(in_english(Client()), url)
    assert (language, title) == ("en", english)
    assert dutch_left_in(text) == []


def test_the_switch_stays_and_switches_back(zottegem: Library) -> None:
    client, url = pages.reader(zottegem), pages.at(zottegem, "settings")

    client.post(reverse("set-language"), {"language": "en", "next": url})
    assert read(client, url)[:2] == ("en", "Settings")
    client.post(reverse("set-language"), {"language": "nl", "next": url})
    assert read(client, url)[:2] == ("nl", "Instellingen")


@pytest.mark.parametrize("wish", ["en", "en-GB,en;q=0.9", "fr"])
def test_what_a_browser_wishes_does_not_count(db: None, wish: str) -> None:
    client = Client(headers={"Accept-Language": wish})

    assert read(client, reverse("account_login"))[:2] == ("nl", "Meld je aan")


def test_an_error_page_says_which_language_it_is_in(db: None) -> None:
    assert read(in_english(Client()), "/bestaat-niet/")[:2] == ("en", "We cannot find this page")


def test_english_dates_and_figures_are_english(library: Library) -> None:
    day = date(2020, 11, 1)
    with translation.override("en"):
        assert tags.short_day(day) == "1 Nov 2020"
        assert tags.clock(time(9)) == "9:00"
        assert tags.number(2812) == "2,812"
        closed = OpeningException(starts_on=day, ends_on=day, note="Allerheiligen")
        assert hours.exception_words(closed) == "Sunday 1 November 2020: closed (Allerheiligen)"
