"""A file that waits for its turn says what was known when it was handed in, and undoes nothing said since."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import actions
from members.imports import records, runs
from members.models import Contact, CustomField, CustomValue, ImportRun, Membership
from tests.factories import NOON
from tests.members.delivery import Deliver

HEAD = "externalId;firstName;lastName;email;postalCode;expiresOn\n"
MORNING = NOON - timedelta(hours=3)
EVENING = NOON + timedelta(hours=3)

HandIn = Callable[..., ImportRun]


@pytest.fixture
def hand_in(zottegem: Library, tmp_path: Path, settings: LazySettings) -> HandIn:
    """`hand_in(content)` puts a file in the queue this morning; `load` is its turn, this evening."""
    settings.UPLOADS_DIR = tmp_path / "uploads"

    def noting(content: str, *, sink: str = "members", is_full: bool = False) -> ImportRun:
        file = tmp_path / f"{sink}.csv"
        file.write_text(content)
        with acting_for(zottegem.pk):
            run = actions.note_local_file(sink=sink, source_file=file, source="wise", at=MORNING)
            ImportRun.objects.filter(pk=run.pk).update(is_full=is_full, is_removal_confirmed=is_full)
        return run

    return noting


def load(run: ImportRun, *, at: datetime = EVENING) -> ImportRun:
    done = runs.run(run_id=run.pk, library_id=run.library.pk, at=at)
    assert done is not None
    assert done.state == ImportRun.State.DONE
    return done


def tell(library: Library, *, sink: str = "members", at: datetime = NOON, **said: str) -> None:
    """What the API or a connector says at noon, which is merged at once."""
    run = records.deliver(sink, [said], source="api", library_id=library.pk, at=at)
    assert run.state == ImportRun.State.DONE


def person(library: Library, external_id: str = "1") -> Contact:
    with acting_for(library.pk):
        return Contact.objects.get(external_id=external_id)


def test_what_was_said_since_stays_and_the_rest_comes_in(
    zottegem: Library, bring: Deliver, hand_in: HandIn
) -> None:
    bring(
        sink="members", content=HEAD + "1;Noor;Lemmens;old@example.be;9620;\n", at=MORNING - timedelta(days=1)
    )
    waiting = hand_in(HEAD + "1;Noortje;Lemmens;file@example.be;9630;\n")
    tell(zottegem, externalId="1", lastName="Lemmens", email="Api@example.be")

    done = load(waiting)

    found = person(zottegem)
    assert (found.email, found.email_norm) == ("Api@example.be", "api@example.be")
    assert (found.first_name, found.first_name_folded, found.postal_code) == ("Noortje", "noortje", "9630")
    assert done.changed_count == 1


def test_an_address_and_its_key_never_part(zottegem: Library, bring: Deliver, hand_in: HandIn) -> None:
    bring(sink="members", content=HEAD + "1;Noor;Lemmens;noor@example.be;;\n", at=MORNING - timedelta(days=1))
    waiting = hand_in(HEAD + "1;Noor;Lemmens;else@example.be;;\n")
    # Only the spelling changes: the folded address has no new source of its own.
    tell(zottegem, externalId="1", lastName="Lemmens", email="Noor@example.be")

    done = load(waiting)

    found = person(zottegem)
    assert (found.email, found.email_norm) == ("Noor@example.be", "noor@example.be")
    assert (done.changed_count, done.unchanged_count) == (0, 1)


def test_an_address_that_was_taken_away_since_stays_away(
    zottegem: Library, bring: Deliver, hand_in: HandIn
) -> None:
    row = "1;Noor;Lemmens;noor@example.be;;\n"
    bring(sink="members", content=HEAD + row, at=MORNING - timedelta(days=1))
    waiting = hand_in(HEAD + row)
    tell(zottegem, externalId="1", lastName="Lemmens", email="")

    load(waiting)

    assert person(zottegem).email == ""


def test_who_came_in_since_gets_what_only_the_file_says(zottegem: Library, hand_in: HandIn) -> None:
    waiting = hand_in(HEAD + "1;Noor;Lemmens;file@example.be;9620;\n")
    tell(zottegem, externalId="1", lastName="Lemmens", email="api@example.be")

    load(waiting)

    assert (person(zottegem).email, person(zottegem).postal_code) == ("api@example.be", "9620")


def test_the_source_tells_when_it_was_said_not_when_it_was_loaded(zottegem: Library, hand_in: HandIn) -> None:
    first = hand_in(HEAD + "1;Noor;Lemmens;noor@example.be;9620;\n")
    load(first)

    assert person(zottegem).sourced_at == MORNING

    # Handed in between the first and its turn: newer than it all the same.
    tell(zottegem, at=NOON - timedelta(hours=1), externalId="1", lastName="Lemmens", postalCode="9630")

    assert person(zottegem).postal_code == "9630"


def test_a_full_file_ends_nobody_it_could_not_know(
    zottegem: Library, bring: Deliver, hand_in: HandIn
) -> None:
    before = MORNING - timedelta(days=1)
    bring(sink="members", content=HEAD + "1;Noor;Lemmens;;;\n2;Liam;Maes;;;\n3;Emma;Claes;;;\n", at=before)
    waiting = hand_in(HEAD + "1;Noor;Lemmens;;;\n", is_full=True)
    tell(zottegem, externalId="3", lastName="Claes", expiresOn="2027-09-01")
    tell(zottegem, externalId="4", lastName="Pauwels")

    done = load(waiting)

    with acting_for(zottegem.pk):
        ended = Membership.objects.exclude(ended_because="").values_list("contact__external_id", flat=True)
        assert list(ended) == ["2"]
    assert done.vanished_count == 1


def test_a_value_of_an_own_field_that_was_said_since_stays(zottegem: Library, hand_in: HandIn) -> None:
    with acting_for(zottegem.pk):
        CustomField.objects.create(
            code="club",
            label="Leesclub",
            type="text",
            purpose="Leesclubs",
            keep_months=12,
            created_at=MORNING,
        )
    load(hand_in(HEAD + "1;Noor;Lemmens;;;\n2;Liam;Maes;;;\n"), at=MORNING)
    waiting = hand_in("memberExternalId;field;value\n1;club;dinsdag\n2;club;\n", sink="custom_values")
    tell(zottegem, sink="custom_values", memberExternalId="1", field="club", value="zaterdag")
    tell(zottegem, sink="custom_values", memberExternalId="2", field="club", value="zondag")

    load(waiting)

    with acting_for(zottegem.pk):
        assert list(CustomValue.objects.order_by("contact").values_list("text", flat=True)) == [
            "zaterdag",
            "zondag",
        ]
