"""P8: a newsletter from its rows to its report, against a loop, django-post_office and a floor without a database."""

import json
import os
import statistics
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg2
from django.conf import settings

from bench import crowd
from bench.figure import Figure
from bench.peers import loops
from bench.peers.loops import Context, Letter
from bench.provider import provider
from bench.stage import ROOT
from bench.tools import a_library, timed
from bibmail.tenancy import acting_for, database
from bibmail.tenancy.models import Library, User
from campaigns import audience, drafts, newsletters, queries, reports
from campaigns.delivery import envelope, esp, links, make, sender
from campaigns.delivery.envelope import Mail
from campaigns.models import Campaign, Mailing, MailVariant, Message, SendingSettings
from members.models import Contact

AT = datetime(2026, 11, 20, 10, tzinfo=ZoneInfo("Europe/Brussels"))

_SIZES = {"ci": 1_000, "demo": 10_000, "network": 60_000}
_SAMPLE = 100
_REPEATS = 3
_TABLES = (
    "members_contact", "members_membership", "members_activitysummary", "consent_consent", "campaigns_message",
    "campaigns_submission", "campaigns_mailing", "campaigns_mailvariant",
)  # fmt: skip

_WORDS = (
    "Kom eens langs in de bib en ontdek wat er nieuw is, voor jong en oud, met een kop koffie erbij. "
    "Onze medewerkers helpen je graag op weg en zoeken mee naar dat ene boek dat je niet meer loslaat."
)


class Sent(NamedTuple):
    """What is left of a newsletter of ours, for who comes after it."""

    pairs: list[tuple[Message, MailVariant]]
    mails: list[Mail]
    # One of the texts as a Django template, and what fills it for some people.
    letter: Letter
    contexts: list[Context]


def measure(folder: Path, *, set_name: str, seed: int) -> Iterator[Figure]:
    """Mails per second, the whole newsletter as one, by turns with everybody else."""
    size = _SIZES[set_name]
    ours: list[float] = []
    floor: list[float] = []
    bare: list[float] = []
    naive: list[float] = []
    office: list[float] = []
    with provider(folder / "esp") as api:
        # Once for nothing: connections, templates and plans are there, and the ledger is not empty.
        _newsletter(_stage("vooraf", 200), 200)
        for turn in range(_REPEATS):
            library = _stage(f"brief-{turn}", size)
            with timed() as watch:
                campaign = _newsletter(library, size)
            ours.append(watch.seconds / size)
            sent = _sent(library, campaign)
            floor.append(_floor(library, sent) / size)
            bare.append(_submit(sent.mails) / size)
            naive.append(_naive(_stage(f"lus-{turn}", _SAMPLE), sent) / _SAMPLE)
            office.append(_post_office(folder, api, sent) / _SAMPLE)
    us, least, submitted, loop, queue = (statistics.median(x) for x in (ours, floor, bare, naive, office))
    note = f"{size} mails, ours {1 / us:.0f} mails/s; peers timed on {_SAMPLE}"
    for name, slower, target, peer in (
        ("P8", loop, 15, "django_loop"),
        ("P8b", queue, 6, "django-post_office"),
    ):
        # Nobody is quicker than the ESP takes it: what the ratio would be with no work of our own.
        most = f"{note}; {slower / submitted:.1f} is what the ESP lets through"
        yield Figure(
            name=name, ratio=slower / us, target=target, peer=f"{peer}:{1 / slower:.0f}mails/s", note=most
        )
    yield Figure(
        name="P8floor",
        ratio=least / us,
        target=0.4,
        floor=f"no_database:{1 / least:.0f}mails/s",
        note=f"{note}; submitting alone {1 / submitted:.0f} mails/s",
    )


# --- Ours ------------------------------------------------------------------------------------------


def _stage(slug: str, count: int) -> Library:
    library = a_library(slug)
    crowd.people(library, count, at=AT)
    with acting_for(library.pk):
        SendingSettings.objects.create(is_trial=False)
    crowd.settle(_TABLES)
    return library


def _newsletter(library: Library, size: int) -> Campaign:
    """Write it, freeze its audience, send it to the last, and look how it went."""
    user, _made = User.objects.get_or_create(email="sofie@example.be", defaults={"name": "Sofie De Graeve"})
    with acting_for(library.pk):
        campaign = Campaign.objects.create(
            name="Nieuwsbrief november",
            subject="Nieuw in november, {{contact.first_name}}",
            preheader="Aanwinsten, activiteiten en een vraag",
            blocks=_blocks(),
            rule=drafts.EVERYONE,
            created_at=AT,
        )
        reach = audience.reach(campaign.rule, topic=campaign.topic, at=AT)
        newsletters.launch(campaign_id=campaign.pk, approved=reach.will_get, by=user, at=AT)
    # The few who get it first, and then the others.
    for at in (AT, AT + audience.OTHERS_WAIT):
        sender.send(library_id=library.pk, now=lambda at=at: at)  # type: ignore[misc]  # bound at once
    with acting_for(library.pk):
        campaign.refresh_from_db()
        counts = queries.counts_of_campaigns([campaign.pk])[campaign.pk]
        report = reports.of(campaign, counts, queries.links(campaign.pk))
    assert report.balance.accepted == report.balance.expected == size
    return campaign


def _blocks() -> list[dict[str, object]]:
    """A greeting, three times news, a knob and a question; who is no member any more reads one thing more."""
    blocks: list[dict[str, object]] = [
        {"key": "b1", "type": "greeting", "title": "Dag {{contact.first_name}}", "text": _WORDS}
    ]
    blocks += [
        {"key": f"b{number}", "type": "text", "title": f"Nieuws {number}", "text": f"{_WORDS}\n\n{_WORDS}"}
        for number in range(2, 5)
    ]
    return [
        *blocks,
        {
            "key": "b5",
            "type": "text",
            "title": "Word weer lid",
            "text": _WORDS,
            "if": {"field": "membership_valid", "op": "is", "value": False},
        },
        {"key": "b6", "type": "button", "label": "Naar de bib", "url": "https://bib.example.be/nieuw"},
        {"key": "b7", "type": "poll", "question": "Kom je deze maand langs?"},
    ]


# --- The floor -------------------------------------------------------------------------------------


def _sent(library: Library, campaign: Campaign) -> Sent:
    with acting_for(library.pk):
        messages = list(
            Message.objects.filter(mailing__campaign=campaign)
            .select_related("recipient", "mailing")
            .order_by("pk")
        )
        variants = MailVariant.objects.in_bulk({message.variant_id for message in messages})
        mails = make.mails([message.pk for message in messages], make.sender_of(library))
    pairs = [(message, variants[message.variant_id]) for message in messages if message.variant_id]
    text = pairs[0][1]
    contexts = [
        loops.context_of(
            message.slots
            | links.slots(
                (text.html, text.text),
                library_id=library.pk,
                public_id=message.public_id,
                recipient_id=message.recipient_id,
            )
        )
        for message, variant in pairs
        if variant == text
    ]
    return Sent(pairs, mails, loops.letter_of(text), contexts[:_SAMPLE])


def _floor(library: Library, sent: Sent) -> float:
    """The same mails filled in, checked and given to the same client in the same batches."""
    most = esp.of_network().can.most_in_a_call
    with timed() as watch:
        for first in range(0, len(sent.mails), most):
            batch = []
            for mail, (message, variant) in zip(
                sent.mails[first : first + most], sent.pairs[first : first + most], strict=True
            ):
                filled = make.rendering(message, variant, library_id=library.pk)
                mail = replace(mail, subject=filled.subject, html=filled.html, text=filled.text)
                envelope.check(mail)
                batch.append(mail)
            _deliver(batch)
    return watch.seconds


def _submit(mails: list[Mail]) -> float:
    most = esp.of_network().can.most_in_a_call
    with timed() as watch:
        for first in range(0, len(mails), most):
            _deliver(mails[first : first + most])
    return watch.seconds


def _deliver(batch: list[Mail]) -> None:
    answer = esp.deliver(batch, esp.of_network(), key=uuid.uuid4())
    assert isinstance(answer, esp.Accepted), answer


# --- The peers -------------------------------------------------------------------------------------


def _naive(library: Library, sent: Sent) -> float:
    with acting_for(library.pk):
        campaign = Campaign.objects.create(name="Nieuwsbrief", created_at=AT)
        mailing = Mailing.objects.create(
            campaign=campaign,
            label="Nieuwsbrief",
            message_class="marketing",
            legal_basis="consent",
            created_at=AT,
        )
        people = list(Contact.objects.order_by("pk"))
        signed = f"{library.name} <{library.slug}@{settings.ESP_SENDER_DOMAIN}>"
        with timed() as watch:
            loops.one_by_one(sent.letter, mailing, people, sent.contexts, sender=signed, at=AT)
    return watch.seconds


def _post_office(folder: Path, api: str, sent: Sent) -> float:
    given = {
        "database": _own_database("post_office"),
        "api": api,
        "key": settings.ESP_API_KEY,
        "sender": f"Bib <bib@{settings.ESP_SENDER_DOMAIN}>",
        "letter": sent.letter,
        "people": [
            {"email": f"lezer{number}@example.be", "context": context}
            for number, context in enumerate(sent.contexts)
        ],
    }
    file = folder / "post_office.json"
    file.write_text(json.dumps(given), "utf-8")
    words = [sys.executable, "-m", "bench.peers.post_office", str(file)]
    done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    said = json.loads(done.stdout)
    return float(said["enqueue"] + said["send"])


def _own_database(name: str) -> str:
    """The URL of a database for a peer, made the first time; a superuser's, so that no rule of ours slows it."""
    url = os.environ["BENCH_ADMIN_URL"]
    with closing(psycopg2.connect(database.libpq(url))) as admin:
        admin.autocommit = True
        with admin.cursor() as cursor:
            cursor.execute("SELECT FROM pg_database WHERE datname = %(name)s", {"name": name})
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {name}")
    return database.with_database(url, name)
