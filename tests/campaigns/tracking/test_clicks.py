"""Links lead where they were made to lead; people are counted, machines apart, and nobody is followed unasked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import Click, Mailing, Message, TrackedLink
from campaigns.tracking import clicks
from consent.models import Consent, Subject, Suppression
from members.models import Contact
from tests import factories, pages
from tests.factories import NOON, a_consent, a_contact, a_mailing

pytestmark = pytest.mark.django_db

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
SETTLED = NOON + timedelta(hours=2)


def a_mail(
    recipient: Contact | None = None, *, links: int = 3, **fields: Any
) -> tuple[Message, list[TrackedLink]]:
    """A delivered mail with so many links."""
    mailing = a_mailing()
    made = [
        TrackedLink.objects.create(mailing=mailing, url=f"https://example.be/{mailing.pk}/{number}")
        for number in range(links)
    ]
    message = factories.a_message(
        recipient or a_contact(), mailing=mailing, state="accepted", delivered_at=NOON, **fields
    )
    return message, made


def path(library: Library, message: Message, link: TrackedLink, purpose: Purpose = Purpose.LINK) -> str:
    token = tokens.for_message(purpose, library_id=library.pk, public_id=message.public_id, extra=link.pk)
    return f"/l/{token}/"


def a_click(message: Message, link: TrackedLink, at: datetime, *, is_machine: bool = False) -> None:
    Click.objects.create(message=message, link=link, at=at, is_machine=is_machine)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def counts(mailing: Mailing) -> list[tuple[int, int]]:
    links = TrackedLink.objects.filter(mailing=mailing).order_by("pk")
    return list(links.values_list("human_clicks_count", "machine_clicks_count"))


# --- The link -----------------------------------------------------------------------------------------


def test_a_link_leads_to_its_stored_target_and_keeps_the_click(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()

    answer = Client().get(path(zottegem, message, link), headers=PERSON)

    assert (answer.status_code, answer.headers["Location"]) == (302, link.url)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    with acting_for(zottegem.pk):
        kept = Click.objects.get()
    assert (kept.message_id, kept.link_id, kept.is_machine) == (message.pk, link.pk, False)


def test_a_link_is_followed_with_two_queries(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()

    with pages.at_most(2):
        Client().get(path(zottegem, message, link), headers=PERSON)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 (compatible; MailLinkScanner/2.1; security)"},
        {"User-Agent": "python-requests/2.32"},
        PERSON | {"Sec-Purpose": "prefetch;prerender"},
        PERSON | {"X-Moz": "prefetch"},
        PERSON | {"X-Purpose": "preview"},
    ],
)
def test_who_says_to_be_a_machine_counts_as_one(zottegem: Library, headers: dict[str, str]) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()

    Client().get(path(zottegem, message, link), headers=headers)

    with acting_for(zottegem.pk):
        assert Click.objects.get().is_machine


def test_a_head_is_a_machine_and_a_post_is_refused(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()

    looked = Client().head(path(zottegem, message, link), headers=PERSON)
    posted = Client().post(path(zottegem, message, link), headers=PERSON)

    assert (looked.status_code, posted.status_code) == (302, 405)
    with acting_for(zottegem.pk):
        assert [click.is_machine for click in Click.objects.all()] == [True]


def test_a_link_outlives_the_message(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()
        message.delete()

    answer = Client().get(path(zottegem, message, link), headers=PERSON)

    assert answer.headers["Location"] == link.url
    with acting_for(zottegem.pk):
        assert not Click.objects.exists()


def _open(address: str) -> Any:
    return Client().get(address, headers=PERSON)


def test_a_target_that_is_no_page_is_never_followed(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()
        TrackedLink.objects.filter(pk=link.pk).update(url="javascript:alert(1)")

    assert _open(path(zottegem, message, link)).status_code == 404


def test_nothing_in_the_address_changes_where_it_leads(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()
    good = path(zottegem, message, link)

    for tail in ("?url=https://evil.example.org", "?next=//evil.example.org", "?taal=en"):
        assert _open(good + tail).headers["Location"] == link.url


def test_another_librarys_link_and_message_lead_nowhere(zottegem: Library, aalst: Library) -> None:
    with acting_for(zottegem.pk):
        message, (link, *_others) = a_mail()

    answer = _open(path(aalst, message, link))

    assert answer.status_code == 404
    assert answer.content == _open("/l/abc/").content
    with acting_for(zottegem.pk):
        assert not Click.objects.exists()


def test_a_message_of_another_mailing_counts_for_nothing(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        _one, (link, *_others) = a_mail()
        other, _links = a_mail()

    assert _open(path(zottegem, other, link)).headers["Location"] == link.url
    with acting_for(zottegem.pk):
        assert not Click.objects.exists()


# --- The verdict --------------------------------------------------------------------------------------


def test_a_calm_click_is_a_person_and_the_row_goes(library: Library) -> None:
    message, (first, *_others) = a_mail()
    a_click(message, first, after(60))
    a_click(message, first, after(65))

    assert clicks.settle(at=SETTLED) == 2
    assert counts(message.mailing) == [(1, 0), (0, 0), (0, 0)]
    assert not Click.objects.exists()


def test_nothing_is_judged_before_ten_quiet_minutes(library: Library) -> None:
    message, (first, *_others) = a_mail()
    a_click(message, first, after(60))
    a_click(message, first, after(300))

    assert clicks.settle(at=after(60 + 601)) == 0
    assert clicks.settle(at=after(300 + 600)) == 2


def test_who_never_stops_clicking_is_judged_within_the_day(library: Library) -> None:
    message, (first, *_others) = a_mail()
    for hour in range(24):
        a_click(message, first, NOON + timedelta(hours=hour, minutes=1))

    assert clicks.settle(at=NOON + timedelta(hours=23, minutes=1)) == 24


def test_a_click_right_after_delivery_is_a_machine(library: Library) -> None:
    message, (first, second, third) = a_mail()
    a_click(message, first, after(1.9))
    a_click(message, second, after(-3))
    a_click(message, third, after(30))

    clicks.settle(at=SETTLED)

    assert counts(message.mailing) == [(0, 1), (0, 1), (1, 0)]


def test_three_links_within_two_seconds_are_a_machine_and_a_person_afterwards_is_not(
    library: Library,
) -> None:
    message, (first, second, third, _fourth) = a_mail(links=4)
    for link, moment in [(first, 60.0), (second, 60.7), (third, 61.9)]:
        a_click(message, link, after(moment))
    a_click(message, second, after(400))

    clicks.settle(at=SETTLED)

    assert counts(message.mailing) == [(0, 1), (1, 1), (0, 1), (0, 0)]


def test_two_links_in_a_hurry_are_a_person_unless_the_mail_has_no_more(library: Library) -> None:
    message, (first, second, _third) = a_mail()
    small, (one, other) = a_mail(links=2)
    for link, mail in [(first, message), (second, message), (one, small), (other, small)]:
        a_click(mail, link, after(60))

    clicks.settle(at=SETTLED)

    assert counts(message.mailing) == [(1, 0), (1, 0), (0, 0)]
    assert counts(small.mailing) == [(0, 1), (0, 1)]


def test_only_who_allows_it_has_a_moment_on_the_message(library: Library) -> None:
    noor, jan, els = a_contact(), a_contact(), a_contact()
    use: dict[str, Any] = {"code": "measure_clicks", "subject": Subject.DATA_USE}
    a_consent(noor, **use)
    # Withdrawn between the click and the verdict.
    a_consent(els, **use, closed_at=after(120))
    mails = [a_mail(person) for person in (noor, jan, els)]
    for message, (first, *_others) in mails:
        a_click(message, first, after(90))
        a_click(message, first, after(95))

    clicks.settle(at=SETTLED)

    moments = [Message.objects.get(pk=message.pk).clicked_at for message, _links in mails]
    assert moments == [after(90), None, None]
    assert [counts(message.mailing)[0] for message, _links in mails] == [(1, 0)] * 3


def test_a_machine_leaves_no_moment(library: Library) -> None:
    noor = a_contact()
    a_consent(noor, code="measure_clicks", subject=Subject.DATA_USE)
    message, (first, *_others) = a_mail(noor)
    a_click(message, first, after(90), is_machine=True)

    clicks.settle(at=SETTLED)

    assert Message.objects.get(pk=message.pk).clicked_at is None


@pytest.mark.slow
def test_a_scanner_that_follows_every_link_of_500_mails_changes_nothing(zottegem: Library) -> None:
    scanner = {"User-Agent": "Mozilla/5.0 (compatible; MailLinkScanner/2.1; security)"}
    with acting_for(zottegem.pk):
        noor = a_contact()
        a_consent(noor)
        a_consent(noor, code="measure_clicks", subject=Subject.DATA_USE)
        mailing = a_mailing()
        link = TrackedLink.objects.create(mailing=mailing, url="https://example.be/boeken")
        mails = [factories.a_message(noor, mailing=mailing, state="accepted") for _ in range(500)]
    preferences = tokens.for_contact(Purpose.PREFERENCES, library_id=zottegem.pk, contact_id=noor.pk)
    addresses = [f"/v/{preferences}/", "/v/"]
    for message in mails:
        addresses.append(path(zottegem, message, link))
        for purpose, letter in ((Purpose.UNSUBSCRIBE, "u"), (Purpose.WHY, "w"), (Purpose.VIEW, "m")):
            token = tokens.for_message(purpose, library_id=zottegem.pk, public_id=message.public_id)
            addresses.append(f"/{letter}/{token}/")
    client = Client()

    for address in addresses:
        client.head(address, headers=scanner)
        client.get(address, headers=scanner)
    with acting_for(zottegem.pk):
        clicks.settle(at=SETTLED + timedelta(days=9000))

    with acting_for(zottegem.pk):
        assert Consent.objects.filter(closed_at=None).count() == 2
        assert not Suppression.objects.exists()
        assert not Message.objects.exclude(clicked_at=None, unsubscribed_at=None).exists()
        assert counts(mailing) == [(0, 1000)]
