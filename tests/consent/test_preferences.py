"""Mijn voorkeuren: without a login, without a script, at once, and for nobody else."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from consent.models import Consent, LibraryTopic, MailPreference, Subject, Suppression, Topic
from consent.preferences import changes, visit
from consent.preferences.calendar import after_months
from consent.preferences.sheet import masked
from members.models import Contact, ContactChange, Interest
from tests import pages
from tests.factories import NOON, a_consent, a_contact

pytestmark = pytest.mark.django_db


def noor_of(library: Library, **fields: Any) -> Contact:
    with acting_for(library.pk):
        values = {"email": "noor@example.be", "email_norm": "noor@example.be", "recipient_hash": "1" * 32}
        return a_contact(**(values | fields))


@pytest.fixture
def noor(zottegem: Library) -> Contact:
    contact = noor_of(zottegem)
    with acting_for(zottegem.pk):
        a_consent(contact, opened_at=timezone.now() - timedelta(days=30))
    return contact


def token_of(contact: Contact, library_id: int | None = None) -> str:
    return tokens.for_contact(
        Purpose.PREFERENCES, library_id=library_id or contact.library_id or 0, contact_id=contact.pk
    )


def inside(contact: Contact) -> Client:
    """A browser that followed the link in a mail."""
    client = Client()
    client.get(f"/v/{token_of(contact)}/")
    return client


def send(client: Client, section: str, **fields: Any) -> str:
    """Send one form of the page; the page that comes back, as words."""
    answer = client.post("/v/", {"section": section, **fields}, follow=True)
    assert answer.status_code == 200
    return words(answer)


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def wanted(contact: Contact, subject: Subject = Subject.TOPIC) -> list[str]:
    with acting_for(contact.library_id or 0):
        given = Consent.objects.filter(contact=contact, subject=subject, closed_at=None)
        return sorted(given.values_list("code", flat=True))


# --- Coming in ----------------------------------------------------------------------------------------


def test_the_link_becomes_a_cookie_and_leaves_the_address(noor: Contact) -> None:
    client = Client()

    answer = client.get(f"/v/{token_of(noor)}/?taal=en")

    cookie = answer.cookies[visit.COOKIE]
    assert (answer.status_code, answer.headers["Location"]) == (302, "/v/?taal=en")
    assert (cookie["path"], cookie["max-age"], cookie["samesite"]) == ("/v/", 3600, "Lax")
    assert cookie["httponly"]
    assert "Waarover wil je mails?" in words(client.get("/v/"))


def test_without_the_cookie_there_is_no_page(noor: Contact) -> None:
    unknown = Client().get("/v/abc/")

    for value in ("", "1.1", f"{noor.library_id}.{noor.pk}:x:y"):
        client = Client()
        client.cookies[visit.COOKIE] = value
        got, posted = client.get("/v/"), client.post("/v/", {"section": "stop", "change": "all.stop"})
        assert (
            (got.status_code, got.content) == (posted.status_code, posted.content) == (404, unknown.content)
        )


def test_the_cookie_lasts_an_hour(noor: Contact, monkeypatch: pytest.MonkeyPatch) -> None:
    client = inside(noor)

    monkeypatch.setattr(visit, "SECONDS", -1)

    assert client.get("/v/").status_code == 404


def test_a_child_and_somebody_who_died_have_no_page(zottegem: Library) -> None:
    unknown = Client().get("/v/abc/").content
    child = noor_of(zottegem, date_of_birth=timezone.localdate() - timedelta(days=4000))
    late = noor_of(zottegem, is_deceased=True)

    for contact in (child, late):
        assert Client().get(f"/v/{token_of(contact)}/").content == unknown


def test_another_librarys_person_is_nobody_here(zottegem: Library, aalst: Library, noor: Contact) -> None:
    answer = Client().get(f"/v/{token_of(noor, aalst.pk)}/")

    assert answer.status_code == 404
    assert not answer.cookies


# --- The page -----------------------------------------------------------------------------------------


def test_the_page_tells_no_more_than_a_first_name_and_a_masked_address(noor: Contact) -> None:
    page = inside(noor).get("/v/")

    assert "Dag Noor, jij kiest welke mails je krijgt op n•••@example.be ." in words(page)
    assert "noor@" not in page.content.decode()
    assert "Lemmens" not in page.content.decode()


def test_topics_are_those_the_library_offers_in_its_own_words(zottegem: Library, noor: Contact) -> None:
    with acting_for(zottegem.pk):
        LibraryTopic.objects.create(topic=Topic.objects.get(code="events"), label="Wat er te doen is")
        LibraryTopic.objects.create(topic=Topic.objects.get(code="study"), is_offered=False)

    page = words(inside(noor).get("/v/"))

    assert "Wat er te doen is" in page
    assert "Studeren in de bib Studieplekken" not in page


def test_nothing_on_the_page_comes_from_elsewhere_and_nothing_is_inline(noor: Contact) -> None:
    page = inside(noor).get("/v/").content.decode()

    assert not re.findall(r'(?:src|action)="(?:https?:)?//', page)
    assert not re.findall(r"<style|style=|<script>|onclick", page)


def test_the_page_takes_few_queries(noor: Contact) -> None:
    client = inside(noor)

    with pages.at_most(12):
        client.get("/v/")


def test_who_reads_english_gets_english(noor: Contact) -> None:
    with acting_for(noor.library_id or 0):
        Contact.objects.update(language="en")

    page = inside(noor).get("/v/")

    assert page.headers["Content-Language"] == "en"
    assert "Newsletter of your library" in words(page)


# --- Choosing -----------------------------------------------------------------------------------------


def test_a_topic_goes_on_and_off_at_once_with_words_and_a_way_back(noor: Contact) -> None:
    client = inside(noor)

    on = send(client, "topics", was="newsletter,", topic=["newsletter", "events"])
    after_on = wanted(noor)
    off = send(client, "topics", was="newsletter,events,", topic=["events"])

    assert "Bewaard. Je krijgt voortaan mails over ‘Activiteiten en voorleesuurtjes’. Maak ongedaan" in on
    assert "Je krijgt geen mails meer over ‘Nieuwsbrief van je bibliotheek’." in off
    assert (after_on, wanted(noor)) == (["events", "newsletter"], ["events"])
    with acting_for(noor.library_id or 0):
        assert set(Consent.objects.filter(code="events").values_list("source", flat=True)) == {"voorkeuren"}
        assert ContactChange.objects.filter(contact=noor).exists()


def test_undo_takes_the_change_back(noor: Contact) -> None:
    client = inside(noor)
    send(client, "topics", was="newsletter,", topic=["newsletter", "events"])

    page = send(client, "undo", change="topic.events.on")

    assert "Je krijgt geen mails meer over ‘Activiteiten en voorleesuurtjes’." in page
    assert wanted(noor) == ["newsletter"]


def test_an_old_tab_does_not_bring_back_what_was_withdrawn_since(noor: Contact) -> None:
    client = inside(noor)
    send(client, "topics", was="newsletter,", topic=[])

    send(client, "topics", was="newsletter,", topic=["newsletter", "events"])

    assert wanted(noor) == ["events"]


def test_data_uses_are_allowed_one_by_one(noor: Contact) -> None:
    client = inside(noor)

    page = send(client, "uses", was="", use=["use_loan_history", "measure_clicks"])

    assert "‘Leestips op basis van wat ik leende’ staat aan." in page
    assert wanted(noor, Subject.DATA_USE) == ["measure_clicks", "use_loan_history"]


def test_what_nobody_offers_is_not_done(noor: Contact) -> None:
    client = inside(noor)

    forms: dict[str, dict[str, Any]] = {
        "topics": {"topic": ["service", "weather", "a.b.on"]},
        "uses": {"use": "shoe_size"},
        "pace": {"pace": "hourly"},
        "language": {"language": "de"},
        "stop": {"change": "topic.events.on"},
        "undo": {"change": "complaint.off"},
        "nothing": {},
    }
    for section, fields in forms.items():
        assert "Bewaard." not in send(client, section, **fields)
    assert wanted(noor) == ["newsletter"]


def test_somebody_says_that_they_come_to_study_and_takes_it_back(noor: Contact) -> None:
    client = inside(noor)

    on = send(client, "studying", was="", interest_studying="on")
    off = send(client, "studying", was="on")

    assert "We weten nu dat je komt studeren." in on
    assert "We onthouden niet meer dat je komt studeren." in off
    with acting_for(noor.library_id or 0):
        interest = Interest.objects.get()
    assert interest.until
    assert interest.since <= interest.until


def test_a_pace_and_its_undo(noor: Contact) -> None:
    client = inside(noor)

    page = send(client, "pace", was="normal", pace="week")
    undone = send(client, "undo", change="pace.week.normal")

    assert "Je krijgt hoogstens één mail per week." in page
    assert "Je krijgt een mail als er iets nieuws is." in undone
    with acting_for(noor.library_id or 0):
        assert MailPreference.objects.get().pace == ""


def test_a_pause_of_three_months_and_its_end(noor: Contact) -> None:
    client = inside(noor)

    page = send(client, "stop", change="pause.on")
    over = send(client, "stop", change="pause.off")

    assert "Je hebt pauze tot en met" in page
    assert "De pauze is voorbij." in over
    with acting_for(noor.library_id or 0):
        assert MailPreference.objects.get().paused_until is None


def test_a_language_changes_the_mails_and_the_page(noor: Contact) -> None:
    client = inside(noor)

    page = send(client, "language", was="nl", language="en")

    assert "You will get your mails in English from now on." in page
    with acting_for(noor.library_id or 0):
        assert Contact.objects.get().source_of("language")[0] == "voorkeuren"


def test_all_mail_stops_and_comes_back_as_it_was(noor: Contact) -> None:
    client = inside(noor)

    stopped = send(client, "stop", change="all.stop")
    after_stop = wanted(noor)
    back = send(client, "stop", change="all.again")

    assert "Je krijgt geen mails meer, behalve berichten over je lidmaatschap." in stopped
    assert "Je zette alle mails stop." in stopped
    assert "Je krijgt weer mails over: Nieuwsbrief van je bibliotheek." in back
    assert (after_stop, wanted(noor)) == ([], ["newsletter"])


def test_choosing_a_topic_after_stopping_all_starts_that_one(noor: Contact) -> None:
    client = inside(noor)
    send(client, "stop", change="all.stop")

    page = send(client, "topics", was="", topic=["events"])

    assert "Je zette alle mails stop." not in page
    assert wanted(noor) == ["events"]


def test_who_reported_spam_reads_why_nothing_comes_and_can_change_it(noor: Contact) -> None:
    with acting_for(noor.library_id or 0):
        Suppression.objects.create(
            scope="address",
            fingerprint=noor.recipient_hash,
            reach="marketing",
            reason="complaint",
            source="mailprovider",
            since=NOON - timedelta(days=400),
        )
    client = inside(noor)

    before = words(client.get("/v/"))
    after = send(client, "stop", change="complaint.off")

    assert "Je meldde een mail van ons als spam." in before
    assert "Je krijgt weer mails over wat je kiest." in after
    assert "als spam" not in after


def test_a_made_up_address_confirms_nothing(noor: Contact) -> None:
    client = inside(noor)

    page = words(client.get("/v/?gedaan=topic.events.on&gedaan=all.stop&gedaan=<b>x</b>&gedaan=pause.on"))

    assert "Bewaard." not in page


def test_a_form_without_its_secret_is_refused(noor: Contact) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(f"/v/{token_of(noor)}/")

    answer = client.post("/v/", {"section": "stop", "change": "all.stop"})

    assert answer.status_code == 403
    assert wanted(noor) == ["newsletter"]


def test_a_look_changes_nothing(noor: Contact) -> None:
    client = inside(noor)

    client.head("/v/")
    client.get("/v/?section=stop&change=all.stop")

    assert wanted(noor) == ["newsletter"]


# --- Pieces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 10, 6), date(2027, 1, 6)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
def test_three_months_later(day: date, later: date) -> None:
    assert after_months(day, 3) == later


def test_an_address_keeps_its_first_letter_and_its_domain() -> None:
    assert [masked(one) for one in ("noor@example.be", "n@example.be", "")] == [
        "n•••@example.be",
        "n•••@example.be",
        "",
    ]


@pytest.mark.parametrize(
    ("code", "back"),
    [
        ("topic.events.on", "topic.events.off"),
        ("use.measure_clicks.off", "use.measure_clicks.on"),
        ("pace.week.normal", "pace.normal.week"),
        ("all.stop", "all.again"),
        ("all.again", ""),
        ("complaint.off", ""),
        ("pause.off", ""),
        ("", ""),
    ],
)
def test_every_change_knows_its_opposite(code: str, back: str) -> None:
    assert changes.opposite(code) == back
