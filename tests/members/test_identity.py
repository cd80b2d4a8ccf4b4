import pytest
from hypothesis import given
from hypothesis import strategies as st

from members import identity
from members.identity import NoAddress


@pytest.mark.parametrize(
    ("cell", "norm"),
    [
        ("Noor@Example.BE", "noor@example.be"),
        ("noor+bib@example.be", "noor+bib@example.be"),
        ("élise@example.be", "élise@example.be"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_compared_in_lower_case_with_its_dots_and_plus(cell: str, norm: str) -> None:
    assert identity.normalised_email(cell) == norm


@pytest.mark.parametrize(
    "cell",
    [
        "noor", "noor@", "@example.be", "noor@example,be", "no or@example.be", "noor@example", "a@b@example.be",
        "noor..p@example.be", ".noor@example.be", "noor@example.be\nBcc: x@example.be", "noor\0@example.be",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(cell: str) -> None:
    with pytest.raises(NoAddress):
        identity.normalised_email(cell)


def test_one_address_has_one_hash_and_the_pepper_decides_it() -> None:
    one = identity.recipient_hash("noor@example.be", b"pepper")

    assert one == identity.recipient_hash("noor@example.be", b"pepper")
    assert one != identity.recipient_hash("noor@example.be", b"another")
    assert one != identity.recipient_hash("noor2@example.be", b"pepper")


@pytest.mark.parametrize(
    ("name", "plain"),
    [("Élodie", "elodie"), ("Van 't Hof", "van t hof"), ("Øystein", "oystein"), ("d'Ursel", "d ursel")],
)
def test_a_folded_name_has_no_accents(name: str, plain: str) -> None:
    assert identity.folded(name) == plain


@given(st.text(max_size=80))
def test_any_address_gives_one_without_spaces_or_is_refused(cell: str) -> None:
    try:
        norm = identity.normalised_email(cell)
    except NoAddress:
        return
    assert norm.count("@") == 1
    assert not any(character.isspace() for character in norm)
