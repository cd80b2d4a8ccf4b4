"""A token that is not exactly ours opens nothing, and all of those look the same."""

import random
import string
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.test import Client

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import Click, TrackedLink
from consent.models import Consent
from tests.campaigns.tracking.test_mails import a_sent_mail
from tests.factories import NOON, a_consent, a_contact

pytestmark = pytest.mark.django_db

LETTERS = {
    "l": Purpose.LINK,
    "m": Purpose.VIEW,
    "u": Purpose.UNSUBSCRIBE,
    "v": Purpose.PREFERENCES,
    "w": Purpose.WHY,
}
ALPHABET = string.ascii_letters + string.digits + "-_"


def mutations(token: str, chance: random.Random, count: int) -> list[str]:
    """One character other, gone, twice or added; and what base64 takes for the same."""
    found = []
    for _ in range(count):
        place = chance.randrange(len(token))
        kind = chance.randrange(4)
        letter = chance.choice(ALPHABET)
        head, tail = token[:place], token[place + 1 :]
        found.append(
            [head + letter + tail, head + tail, head + token[place] * 2 + tail, token + letter][kind]
        )
    found += [
        token + "=",
        token + "==",
        token.swapcase(),
        token[::-1],
        token[:20],
        token * 2,
        "A" * len(token),
    ]
    return [one for one in found if one != token]


@pytest.mark.slow
def test_thousands_of_changed_tokens_get_one_answer(zottegem: Library) -> None:
    chance = random.Random(11)  # noqa: S311  # mutations, no secret
    with acting_for(zottegem.pk):
        noor = a_contact()
        a_consent(noor, code="family")
        message = a_sent_mail(noor)
        link = TrackedLink.objects.get()
    client, answers = Client(), set()

    for letter, purpose in LETTERS.items():
        if purpose is Purpose.PREFERENCES:
            token = tokens.for_contact(purpose, library_id=zottegem.pk, contact_id=noor.pk)
        else:
            extra = link.pk if purpose is Purpose.LINK else 0
            token = tokens.for_message(
                purpose, library_id=zottegem.pk, public_id=message.public_id, extra=extra
            )
        for wrong in mutations(token, chance, 600):
            answer = client.get(f"/{letter}/{wrong}/")
            answers.add((answer.status_code, answer.content, str(answer.headers)))
            if letter == "u":
                answer = client.post(f"/u/{wrong}/", {"List-Unsubscribe": "One-Click"})
                answers.add((answer.status_code, answer.content, str(answer.headers)))

    assert len(answers) == 1
    assert {status for status, _body, _headers in answers} == {404}
    assert not client.cookies
    with acting_for(zottegem.pk):
        assert Consent.objects.filter(closed_at=None).count() == 1
        assert not Click.objects.exists()


@pytest.mark.parametrize("letter", LETTERS)
def test_a_token_opens_what_it_was_made_for_and_nothing_else(zottegem: Library, letter: str) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact())
    client = Client()
    unknown = client.get("/l/abc/").content

    for purpose in set(Purpose) - {LETTERS[letter]}:
        token = tokens.for_message(purpose, library_id=zottegem.pk, public_id=message.public_id)
        answer = client.get(f"/{letter}/{token}/")
        assert (answer.status_code, answer.content) == (404, unknown)


def test_what_is_gone_looks_like_what_never_was(zottegem: Library) -> None:
    client = Client()
    unknown = client.get("/w/abc/").content

    for letter in ("l", "m", "w", "v"):
        token = tokens.for_message(LETTERS[letter], library_id=zottegem.pk, public_id=uuid4(), extra=7)
        answer = client.get(f"/{letter}/{token}/")
        assert (answer.status_code, answer.content) == (404, unknown)


def test_links_of_old_mails_keep_working_when_the_key_changes(
    zottegem: Library, settings: LazySettings
) -> None:
    with acting_for(zottegem.pk):
        message = a_sent_mail(a_contact(), accepted_at=NOON - timedelta(days=300))
    token = tokens.for_message(Purpose.WHY, library_id=zottegem.pk, public_id=message.public_id)

    settings.TOKEN_KEYS = [*settings.TOKEN_KEYS, "a-newer-key-of-this-deployment"]

    assert Client().get(f"/w/{token}/").status_code == 200
