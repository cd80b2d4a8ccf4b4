"""What staff see as a person is what that person gets, letter for letter but for where the links go through."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from itertools import cycle
from pathlib import Path

import pytest
from django.conf import LazySettings, settings

from bibmail.tenancy import acting_for, acting_for_network, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.content.press import PREVIEW_LINKS, Press
from campaigns.content.queries import contents
from campaigns.models import (
    CatalogueItem,
    CatalogueTitle,
    LibraryEvent,
    Message,
    SendingSettings,
    TrackedLink,
)
from members.models import ActivityKind as Kind
from members.models import Membership
from tests import factories
from tests.campaigns.delivery import stage
from tests.campaigns.delivery.stage import Post
from tests.journeys.play import Play
from tests.sandbox import esp_stage

PEOPLE = 200


@pytest.fixture
def play(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Iterator[tuple[Play, Post]]:
    with (
        esp_stage.application() as application,
        esp_stage.sandbox(stage.folder_of(tmp_path), application) as sandbox,
        stage.pointed_at(sandbox, settings),
    ):
        yield Play(zottegem), Post(zottegem, sandbox)


@pytest.mark.slow
def test_a_preview_as_two_hundred_people_is_what_they_get(play: tuple[Play, Post]) -> None:
    theirs, post = play
    two_hundred_very_different_people(theirs)
    at = theirs.on(0)
    theirs.tick(0)
    previews = as_staff_see_them(theirs)

    post.send(at)

    received = as_the_provider_has_them(post)
    assert len(received) >= PEOPLE
    assert {key: received[key] for key in previews if key in received} == {
        key: previews[key] for key in received
    }
    assert len({html for _subject, html, _text in received.values()}) > 20


def two_hundred_very_different_people(play: Play) -> None:
    play.has("ebooks", "cinebib", "fundels", "digipunt")
    play.switch_on("welcome", return_anywhere=True)
    play.switch_on("missed_you")
    with acting_for(play.library.pk):
        SendingSettings.objects.update(is_trial=False)
        branches = [
            factories.a_branch(code=f"355{n}", name=f"Filiaal {n}", city="Zottegem") for n in range(4)
        ]
        for branch in branches:
            for weekday in (2, 3, 6):
                factories.some_hours(branch, weekday=weekday)
        for n in range(30):
            LibraryEvent.objects.create(
                code=f"e{n}", name=f"Leesclub {n}", kind="leesclub", branch=branches[n % 4],
                starts_at=play.on(3 + n, time(20)), url=f"https://example.org/e{n}",
            )  # fmt: skip
    titles(play)
    languages, ages = cycle(["nl", "nl", "nl", "en", "fr"]), cycle([13, 15, 17, 18, 25, 40, 66, 80])
    names = cycle(["Noor", "Ömer", "Fien & Co", "<b>Lou</b>", "", "D'Hondt"])
    for number in range(PEOPLE):
        reader = play.person(
            age=next(ages), language=next(languages), first_name=next(names), wants=["newsletter"]
        )
        with acting_for(play.library.pk):
            Membership.objects.filter(contact=reader).update(
                home_branch=branches[number % 4], has_internet_block=number % 7 == 0
            )
        play.did(reader, Kind.MEMBERSHIP_CREATED, 0, time(0))


def titles(play: Play) -> None:
    with acting_for_network():
        made = CatalogueTitle.objects.bulk_create(
            CatalogueTitle(
                record_id=f"r{n}", name=f"De kaart {n}", author="Maes, Lies", age_label=label, genre="roman"
            )
            for n, label in zip(range(40), cycle(["vanaf 15 jaar", "vanaf 12-14 jaar"]), strict=False)
        )
    with acting_for(play.library.pk):
        branch = factories.a_branch(code="3599", name="Hoofdbib")
        for n, title in enumerate(made):
            CatalogueItem.objects.create(
                title=title, branch=branch, added_on=play.day - timedelta(days=n % 20)
            )


Seen = dict[str, tuple[str, str, str]]


def as_staff_see_them(play: Play) -> Seen:
    """Every queued message as a preview of its person, by public id."""
    seen = {}
    with acting_for(play.library.pk):
        press = Press(at=play.on(0))
        for message in Message.objects.select_related("mailing", "contact", "recipient"):
            assert message.contact
            assert message.recipient
            reader = press.reader(
                message.contact,
                message.recipient,
                facts=message.facts,
                message_class=message.mailing.message_class,
                content=contents([message.pk])[0],
            )
            composed = press.compose(message.mailing, reader)
            assert composed
            mail = composed.fill(PREVIEW_LINKS)
            seen[str(message.public_id)] = (mail.subject, mail.html, mail.text)
    return seen


def as_the_provider_has_them(post: Post) -> Seen:
    """Every mail of the ledger with its links led back to where they go."""
    found = {}
    for mail in post.sandbox.book.mails():
        kept = post.sandbox.book.mail(mail.id)
        assert kept
        found[mail.m] = (mail.subject, led_back(kept[1].html, post), led_back(kept[1].text, post))
    return found


def led_back(text: str, post: Post) -> str:
    with acting_for(post.library.pk):
        targets = dict(TrackedLink.objects.values_list("pk", "url"))
    tracked = re.compile(re.escape(settings.BASE_URL) + r"/l/([\w-]+)/")
    ours = re.compile(re.escape(settings.BASE_URL) + r"/[vuwm]/[\w-]+/")

    def target(link: re.Match[str]) -> str:
        return str(targets[tokens.read(link[1], Purpose.LINK).extra]).replace("&", "&amp;")

    return ours.sub("#", tracked.sub(target, text))
