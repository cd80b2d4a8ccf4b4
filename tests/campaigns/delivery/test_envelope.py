from dataclasses import replace
from typing import Any

import pytest

from campaigns.delivery.envelope import Mail, UnfitMail, check, fingerprint

GOOD = Mail(
    message_id=1,
    to="noor@example.be",
    sender="bib@example.org",
    sender_name="Bib Zottegem",
    reply_to="bib@example.org",
    subject="Welkom in de bib, Noor!",
    html="<p>Dag</p>",
    text="Dag",
    headers={"List-Unsubscribe": "<https://example.org/u/x/>"},
)


def test_an_ordinary_mail_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("to", "noor@example.be\nBcc: v@example.org"),
        ("to", "noor@example.be, v@example.org"),
        ("to", "noor"),
        ("sender", "bib@example.org\r\nX: y"),
        ("reply_to", ""),
        ("subject", "Dag\nBcc: v@example.org"),
        ("subject", "Dag\u2028daar"),
        ("subject", "   "),
        ("sender_name", "Bib\x00"),
        ("html", ""),
        ("text", " \n "),
        ("html", "x" * 1_100_000),
        ("headers", {"X-Test": "a\r\nBcc: v@example.org"}),
        ("headers", {"X Test": "a"}),
        ("headers", {"X-Test": "é"}),
    ],
)
def test_what_could_add_a_person_or_a_header_does_not(part: str, value: Any) -> None:
    with pytest.raises(UnfitMail) as refusal:
        check(replace(GOOD, **{part: value}))

    assert "example" not in str(refusal.value)


@pytest.mark.parametrize(
    "address", ["noor+bib@example.be", "o'hara@example.be", "noor@xn--bcher-kva.example"]
)
def test_unusual_addresses_that_are_fine_pass(address: str) -> None:
    check(replace(GOOD, to=address))


def test_a_mail_that_differs_in_one_letter_has_another_fingerprint() -> None:
    assert fingerprint([GOOD]) == fingerprint([replace(GOOD, message_id=2)])
    assert fingerprint([GOOD]) != fingerprint([replace(GOOD, text="Dag!")])
