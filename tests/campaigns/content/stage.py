"""A library that has everything a mail can tell, and how a test reads a mail."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from bibmail.tenancy.models import Branch, OpeningException
from campaigns.content.merge import Rendered
from campaigns.content.press import PREVIEW_LINKS, Composed, Press
from campaigns.models import (
    BrandKit,
    Capability,
    CatalogueItem,
    CatalogueTitle,
    LibraryEvent,
    LibraryTexts,
    Mailing,
    Offer,
)
from consent.models import MessageClass, Subject
from journeys import recipes
from members.models import Contact
from tests import factories
from tests.factories import NOON, TODAY

# Name, genre, age and material of titles that any library may own.
TITLES = (
    ("De stille tuin", "roman", "vanaf 15 jaar", "boek"),
    ("Koffer zonder naam", "roman", "vanaf 15 jaar", "boek"),
    ("Het jaar van de rode brief", "thriller", "vanaf 15 jaar", "boek"),
    ("De sleutel en de storm", "thriller", "vanaf 15 jaar", "boek"),
    ("Brug in de mist", "historisch", "vanaf 15 jaar", "boek"),
    ("De kromme keuken", "koken", "vanaf 15 jaar", "boek"),
    ("Gezond slapen", "gezondheid", "vanaf 15 jaar", "boek"),
    ("De zee van gisteren", "roman", "vanaf 15 jaar", "luisterboek"),
    ("Uil wil niet slapen", "prentenboek", "vanaf 3-5 jaar", "boek"),
    ("De heks en de robot", "avontuur", "vanaf 9-11 jaar", "boek"),
    ("Draak op zolder", "voorlezen", "vanaf 3-5 jaar", "boek"),
    ("De ridder aan zee", "dieren", "vanaf 6-8 jaar", "boek"),
    ("Trein naar nergens", "avontuur", "vanaf 12-14 jaar", "boek"),
    ("De verloren kaart", "thriller", "vanaf 15 jaar", "e-boek"),
    ("Schaduw van mijn vader", "roman", "vanaf 15 jaar", "e-boek"),
    ("Reizen zonder haast", "reizen", "vanaf 15 jaar", "e-boek"),
)


def make_titles() -> None:
    """In scope network: titles are everybody's."""
    for name, genre, age_label, material in TITLES:
        CatalogueTitle.objects.create(
            record_id=f"vlacc:{factories.next_number()}",
            name=name,
            author="Peeters, Lou",
            genre=genre,
            age_label=age_label,
            material=material,
        )


def furnish() -> None:
    """Within acting_for(library): two branches, hours, titles, activities, services, texts and colours."""
    main = factories.a_branch(
        code="3550",
        name="Centrum",
        street="Lindeplein",
        house_number="4",
        postal_code="9620",
        city="Zottegem",
    )
    other = factories.a_branch(
        code="3551",
        name="Velzeke",
        street="Paddestraat",
        house_number="7",
        postal_code="9620",
        city="Zottegem",
    )
    for weekday in (2, 3, 4, 5, 6):
        factories.some_hours(main, weekday=weekday, opens=time(10), closes=time(12, 30))
        factories.some_hours(main, weekday=weekday, opens=time(14), closes=time(19))
    factories.some_hours(other, weekday=3, opens=time(13), closes=time(18))
    factories.some_hours(other, weekday=6, opens=time(9, 30), closes=time(12, 30))
    closed(main, days=4, note="personeelsdag")
    for number, title in enumerate(CatalogueTitle.objects.order_by("pk")):
        CatalogueItem.objects.create(title=title, branch=main, added_on=TODAY - timedelta(days=3 + number))
    an_event("Voorleesuurtje", kind="voorleesuurtje", branch=main, min_age=3, max_age=6)
    an_event("Voorleesuurtje bij de peuters", kind="voorleesuurtje", branch=other, days=15, min_age=1, max_age=3,
             needs_registration=True)  # fmt: skip
    an_event("Lezing: de molens van vroeger", kind="lezing", branch=main, days=12)
    an_event("Leesclub", kind="leesclub", branch=other, days=5, min_age=16)
    an_event("Gameclub", kind="gamen", branch=main, days=9, min_age=9, max_age=14)
    for service in (
        "ebooks",
        "cinebib",
        "fundels",
        "bieblo",
        "digipunt",
        "seat_reservations",
        "reading_groups",
    ):
        Capability.objects.create(service=service, url=f"https://bib.example.be/{service}")
    Offer.objects.create(
        service="digipunt", place="Digipunt in de bib, eerste verdieping", hours="dinsdag van 14 tot 16 uur"
    )
    BrandKit.objects.create(
        sender_name="Bib Zottegem", sender_email="bib@example.be", reply_to="bib@example.be", colour="#35602b"
    )
    LibraryTexts.objects.create(
        website_url="https://bib.example.be/",
        catalogue_url="https://bib.example.be/catalogus",
        my_library_url="https://bib.example.be/mijn",
        privacy_url="https://bib.example.be/privacy",
        phone="09 000 11 22",
        email="bib@example.be",
        loan_rules="Je leent 20 boeken, strips en tijdschriften tegelijk, voor 4 weken.\n\nVerlengen kan twee keer.",
        membership_options="Tot 18 jaar ben je gratis lid. Vanaf 18 jaar betaal je 10 euro voor een jaar.",
        reduced_fare="In onze gemeente bestaat er een kansentarief. Vraag ernaar aan de balie.",
        reduced_fare_url="https://bib.example.be/kansentarief",
        controller="Stad Zottegem",
        privacy_contact="Mail naar privacy@example.be",
    )


def closed(branch: Branch, *, days: int, note: str = "") -> OpeningException:
    day = TODAY + timedelta(days=days)
    return OpeningException.objects.create(branch=branch, starts_on=day, ends_on=day, note=note)


def an_event(name: str, *, days: int = 8, **fields: Any) -> LibraryEvent:
    starts_at = NOON.replace(hour=12) + timedelta(days=days)
    values: dict[str, Any] = {
        "code": f"e{factories.next_number()}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "url": f"https://bib.example.be/agenda/{days}",
    }
    return LibraryEvent.objects.create(name=name, **(values | fields))


def granted(contact: Contact, *data_uses: str) -> None:
    for code in data_uses:
        factories.a_consent(contact, code=code, subject=Subject.DATA_USE)


def borrowed(contact: Contact, *names: str) -> None:
    for title in CatalogueTitle.objects.filter(name__in=names).order_by("pk"):
        factories.an_activity(contact, subject_code=title.record_id, subject_name=title.name)


# --- Mails -----------------------------------------------------------------------------------------


def a_mail(*blocks: dict[str, Any], message_class: str = MessageClass.MARKETING, **content: Any) -> Mailing:
    """A mailing that is not stored, of these blocks."""
    words = {"subject": "Nieuws", "preheader": "Lees mee.", "reason": "", "blocks": list(blocks)}
    topics = content.pop("topics", ["newsletter"])
    return Mailing(message_class=message_class, topics=topics, content=words | content)


def of_recipe(recipe: str, code: str, **settings: Any) -> Mailing:
    """A mail of a ready-made journey, as a library with these settings sends it."""
    found = recipes.get(recipe)
    resolved = recipes.resolved(found, recipes.defaults(found) | settings)
    sends = [step["send"] for step in resolved["steps"] if "send" in step]
    (send,) = [one for one in sends if code in [mail["mail"] for mail in one["mails"]]]
    return Mailing(
        journey_code=recipe,
        mail_code=code,
        message_class=send["message_class"],
        topics=send.get("topics", []),
        content=resolved["mails"][code],
    )


def composed(
    mailing: Mailing,
    contact: Contact,
    *,
    recipient: Contact | None = None,
    press: Press | None = None,
    at: datetime = NOON,
    facts: Mapping[str, Any] | None = None,
) -> Composed | None:
    press = press or Press(at=at)
    reader = press.reader(
        contact,
        recipient or contact,
        facts=facts,
        message_class=mailing.message_class,
        content=mailing.content,
    )
    return press.compose(mailing, reader)


def rendered(mailing: Mailing, contact: Contact, **more: Any) -> Rendered:
    found = composed(mailing, contact, **more)
    assert found is not None
    return found.fill(PREVIEW_LINKS)


def words_of(*blocks: dict[str, Any], contact: Contact, **more: Any) -> str:
    """The text part of a mail with these blocks and a word that keeps it from being empty."""
    return rendered(a_mail({"type": "text", "text": "Nieuws."}, *blocks), contact, **more).text


def a_birthday(years: int) -> date:
    return date(TODAY.year - years, 1, 1)
