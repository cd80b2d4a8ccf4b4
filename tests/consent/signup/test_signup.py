"""A form is filled in, one mail goes out, and only the owner of the mailbox makes anything of it."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns import confirmations
from campaigns.delivery import esp
from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp import Accepted, Account, Answer, NotTaken, Unclear
from campaigns.models import SendingSettings
from consent.models import Consent, SignupForm, SignupRequest, SignupTally, Suppression
from consent.signup import asking, form_lists, limits
from members.models import Contact, ContactList, ListMember
from tests import factories
from tests.campaigns.delivery.stage import let_lines_recover
from tests.consent.signup.stage import a_form
from tests.factories import a_hash

pytestmark = pytest.mark.django_db

ADDRESS = "/aanmelden/zottegem/nieuwsbrief/"


@pytest.fixture
def form(zottegem: Library) -> SignupForm:
    with acting_for(zottegem.pk):
        SendingSettings.objects.create(is_trial=False)
        return a_form()


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """What was given to the ESP, which takes everything."""
    return answering(monkeypatch, Accepted(["id"]))


def answering(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> list[Mail]:
    mails: list[Mail] = []

    def deliver(given: Sequence[Mail], account: Account, *, key: UUID) -> Answer:
        mails.extend(given)
        return answer

    monkeypatch.setattr(esp, "deliver", deliver)
    return mails


def stamp(shown: datetime | None = None, address: str = ADDRESS) -> str:
    """The stamp on the page, as if it was shown a minute ago."""
    page = Client().get(address).content.decode()
    found = re.search(r'name="stamp" value="([^"]+)"', page)
    assert found
    form_id, digest, _at = signing.loads(found[1], salt="bibmail.signup")
    at = shown or timezone.now() - timedelta(minutes=1)
    made: str = signing.dumps([form_id, digest, int(at.timestamp())], salt="bibmail.signup")
    return made


def post(email: str = "noor@example.be", client: Client | None = None, **fields: Any) -> Any:
    values: dict[str, Any] = {
        "email": email,
        "topics": ["newsletter"],
        "stamp": fields.pop("stamp", None) or stamp(),
    }
    extra = {"REMOTE_ADDR": fields.pop("ip", "203.0.113.7")}
    return (client or Client()).post(ADDRESS, values | fields, **extra)


def the_link(library: Library) -> str:
    with acting_for(library.pk):
        request = SignupRequest.objects.get()
        return f"/aanmelden/{tokens.for_message(Purpose.SIGNUP, library_id=library.pk, public_id=request.public_id)}/"


def send(library: Library) -> int:
    return confirmations.send_waiting(library_id=library.pk, at=timezone.now())


def test_nobody_is_a_contact_before_they_confirm(
    zottegem: Library, form: SignupForm, posted: list[Mail]
) -> None:
    answer = post(first_name="Noor")
    send(zottegem)

    assert answer.status_code == 200
    (mail,) = posted
    assert mail.to == "noor@example.be"
    assert "/aanmelden/" in mail.text
    assert "Noor" not in mail.text
    with acting_for(zottegem.pk):
        assert not Contact.objects.exists()
        assert not Consent.objects.exists()


def test_a_look_at_the_link_confirms_nothing(zottegem: Library, form: SignupForm) -> None:
    post()
    link = the_link(zottegem)

    for _ in range(3):
        assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200

    with acting_for(zottegem.pk):
        assert not Contact.objects.exists()
        assert SignupRequest.objects.get().confirmed_at is None


def test_confirming_makes_a_contact_with_proof(zottegem: Library, form: SignupForm) -> None:
    with acting_for(zottegem.pk):
        found = ContactList.objects.create(name="Lezers", purpose="x", created_at=factories.NOON)
        form_lists.put(form, [found])
    post(first_name="Noor", last_name="Lemmens", postal_code="9620", date_of_birth="1989-03-12")

    answer = Client().post(the_link(zottegem))

    assert "Je bent aangemeld" in answer.content.decode()
    with acting_for(zottegem.pk):
        contact, consent, request = Contact.objects.get(), Consent.objects.get(), SignupRequest.objects.get()
        assert (contact.email_norm, contact.first_name, contact.relation) == (
            "noor@example.be",
            "Noor",
            "inhabitant",
        )
        assert contact.date_of_birth == date(1989, 3, 12)
        assert (consent.contact_id, consent.code, consent.source) == (
            contact.pk,
            "newsletter",
            "formulier:nieuwsbrief",
        )
        assert "Bib Zottegem stuurt je hierover mails" in consent.wording.text
        assert ListMember.objects.get().contact_id == contact.pk
        assert (request.email, request.first_name, request.date_of_birth) == ("", "", None)
        form.refresh_from_db()
        assert (form.asked_count, form.confirmed_count) == (1, 1)


def test_a_link_that_is_used_again_changes_nothing(zottegem: Library, form: SignupForm) -> None:
    post()
    link = the_link(zottegem)
    Client().post(link)
    with acting_for(zottegem.pk):
        Consent.objects.update(closed_at=timezone.now(), closed_source="voorkeuren")

    answer = Client().post(link)

    assert "Je bent aangemeld" in answer.content.decode()
    with acting_for(zottegem.pk):
        assert Contact.objects.count() == 1
        assert not Consent.objects.filter(closed_at__isnull=True).exists()


def test_a_week_later_the_link_is_dead_and_the_request_gone(zottegem: Library, form: SignupForm) -> None:
    post()
    link = the_link(zottegem)
    with acting_for(zottegem.pk):
        SignupRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Client().post(link).status_code == 404
    with acting_for(zottegem.pk):
        assert asking.forget(at=timezone.now()) == 1
        assert not SignupRequest.objects.exists()
        form.refresh_from_db()
        assert form.expired_count == 1
        assert not Contact.objects.exists()


def test_the_answer_is_the_same_for_who_is_known(zottegem: Library, form: SignupForm) -> None:
    with acting_for(zottegem.pk):
        factories.a_reader(email="bekend@example.be")

    known, unknown = post("bekend@example.be"), post("onbekend@example.be")

    assert known.content == unknown.content


@pytest.mark.slow
def test_a_thousand_scripted_posts_bring_at_most_five_mails(
    zottegem: Library, form: SignupForm, posted: list[Mail]
) -> None:
    mark, client = stamp(), Client()

    for number in range(1_000):
        post(f"slachtoffer{number}@example.be", client, stamp=mark)
    send(zottegem)

    assert 1 <= len(posted) <= 5
    with acting_for(zottegem.pk):
        form.refresh_from_db()
        assert form.asked_count == len(posted)
        assert form.refused_count == 1_000 - len(posted)


def test_one_address_gets_one_mail_an_hour_wherever_it_is_asked_from(
    zottegem: Library, form: SignupForm, posted: list[Mail]
) -> None:
    for number in range(20):
        assert post("slachtoffer@example.be", ip=f"198.51.{number}.9").status_code == 200
        send(zottegem)

    assert len(posted) == 1


def test_a_form_takes_no_more_than_a_hundred_an_hour(zottegem: Library, form: SignupForm) -> None:
    with acting_for(zottegem.pk):
        answers = [
            limits.allows(limits.OF_FORM, str(form.pk), at=factories.NOON + timedelta(seconds=n))
            for n in range(101)
        ]

    assert answers == [True] * 100 + [False]


def test_what_only_a_script_fills_in_is_answered_and_forgotten(zottegem: Library, form: SignupForm) -> None:
    answer = post(website="https://spam.example.org")

    assert answer.status_code == 200
    with acting_for(zottegem.pk):
        assert not SignupRequest.objects.exists()
        form.refresh_from_db()
        assert form.refused_count == 1


@pytest.mark.parametrize(
    ("age", "words"),
    [(timedelta(seconds=0), "wel heel snel"), (timedelta(days=2), "stond lang open")],
)
def test_a_stamp_that_is_too_new_or_too_old_asks_once_more(
    zottegem: Library, form: SignupForm, age: timedelta, words: str
) -> None:
    answer = post(stamp=stamp(timezone.now() - age))

    assert words in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not SignupRequest.objects.exists()


def test_a_form_on_the_librarys_own_site_leads_to_the_page_with_the_address_filled_in(
    zottegem: Library, form: SignupForm
) -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post(ADDRESS, {"email": "noor@example.be"}, headers={"Origin": "https://bib.example.be"})

    assert 'value="noor@example.be"' in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not SignupRequest.objects.exists()


def test_a_child_below_thirteen_is_sent_to_a_parent(zottegem: Library, form: SignupForm) -> None:
    born = timezone.localdate() - timedelta(days=365 * 12)

    answer = post(date_of_birth=born.isoformat())

    assert "nog geen 13 jaar" in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not SignupRequest.objects.exists()
        form.refresh_from_db()
        assert form.refused_count == 1


@pytest.mark.parametrize("fields", [{"email": "noor"}, {"topics": []}, {"postal_code": "B-9620"}])
def test_bad_input_is_told_in_words_and_keeps_what_was_typed(
    zottegem: Library, form: SignupForm, fields: dict[str, Any]
) -> None:
    answer = post(**({"first_name": "Noor"} | fields)).content.decode()

    assert "bm-error" in answer
    assert 'value="Noor"' in answer
    with acting_for(zottegem.pk):
        assert not SignupRequest.objects.exists()


def test_nothing_is_ticked_beforehand(zottegem: Library, form: SignupForm) -> None:
    page = Client().get(ADDRESS).content.decode()

    assert 'type="checkbox"' in page
    assert " checked" not in page


@pytest.mark.parametrize("reason", [Suppression.Reason.HARD_BOUNCE, Suppression.Reason.ERASED])
def test_an_address_that_bounced_or_was_erased_gets_no_mail(
    zottegem: Library, form: SignupForm, posted: list[Mail], reason: str
) -> None:
    with acting_for(zottegem.pk):
        Suppression.objects.create(
            scope="address",
            reach="all",
            reason=reason,
            fingerprint=a_hash("noor@example.be"),
            since=factories.NOON,
        )

    answer = post()
    send(zottegem)

    assert "Kijk in je mailbox" in answer.content.decode()
    assert posted == []


def test_a_library_in_its_trial_mails_only_its_colleagues(
    zottegem: Library, form: SignupForm, posted: list[Mail]
) -> None:
    role = factories.a_role(zottegem)
    with acting_for(zottegem.pk):
        SendingSettings.objects.update(is_trial=True)

    post("noor@example.be")
    post(role.user.email)
    send(zottegem)

    assert [mail.to for mail in posted] == [role.user.email]


def test_silence_of_the_esp_never_brings_a_second_mail(
    zottegem: Library, form: SignupForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    mails = answering(monkeypatch, Unclear("read timeout"))
    post()

    for _ in range(3):
        send(zottegem)

    assert len(mails) == 1


def test_a_mail_that_was_surely_not_taken_goes_later(
    zottegem: Library, form: SignupForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, NotTaken("429"))
    post()
    assert send(zottegem) == 0

    answering(monkeypatch, Accepted(["id"]))
    let_lines_recover()

    assert send(zottegem) == 1
    assert send(zottegem) == 0


def test_counts_that_are_over_are_forgotten(library: Library) -> None:
    limits.allows(limits.OF_NETWORK, "203.0.113.0/24", at=factories.NOON)

    limits.forget(at=factories.NOON + timedelta(days=2))

    assert not SignupTally.objects.exists()


def test_the_network_of_an_address_is_wider_than_one_machine() -> None:
    assert limits.network_of("203.0.113.7") == limits.network_of("203.0.113.99") == "203.0.113.0/24"
    assert limits.network_of("2001:db8:1:2::1") == "2001:db8:1::/56"
    assert limits.network_of("") == "unknown"


def test_a_frame_is_allowed_only_on_the_sites_that_were_named(zottegem: Library, form: SignupForm) -> None:
    closed = Client().get(ADDRESS)
    with acting_for(zottegem.pk):
        SignupForm.objects.update(allowed_origins=["https://bib.example.be"])
    opened = Client().get(ADDRESS)

    assert closed.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in closed.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in opened.headers
    assert "frame-ancestors https://bib.example.be;" in opened.headers["Content-Security-Policy"] + ";"


def test_a_closed_form_and_an_unknown_library_look_the_same(zottegem: Library, form: SignupForm) -> None:
    with acting_for(zottegem.pk):
        SignupForm.objects.update(is_active=False)

    answers = [Client().get(address) for address in (ADDRESS, "/aanmelden/nergens/nieuwsbrief/")]

    assert {answer.status_code for answer in answers} == {404}
