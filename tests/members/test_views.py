import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from bibmail.tenancy import acting_for, acts
from bibmail.tenancy.models import AuditEntry, Library, StaffRole
from members import clocks, retention
from members.models import Contact, ImportRun
from tests import pages
from tests.factories import NOON, a_consent, a_contact, a_membership, a_role, an_activity
from tests.members.delivery import Deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor(zottegem: Library) -> Contact:
    with acting_for(zottegem.pk):
        contact = a_contact(email="noor@example.be", email_norm="noor@example.be", recipient_hash="1" * 32)
        a_membership(contact)
        for _ in range(5):
            an_activity(contact)
        a_consent(contact)
        return contact


def without_people(library: Library) -> Client:
    return pages.logged_in(a_role(library, role=StaffRole.Role.EDITOR, sees_people=False))


@pytest.mark.parametrize(
    "words", ["lem", "Noor", "noor lemm", "NOOR@example.be", "20230001234567", "lemmens n"]
)
def test_a_person_is_found_by_name_address_or_card(zottegem: Library, noor: Contact, words: str) -> None:
    answer = pages.reader(zottegem).post(pages.at(zottegem, "contacts"), {"q": words})

    assert "Noor Lemmens" in answer.content.decode()


def test_a_search_that_types_answers_with_its_fragment(zottegem: Library, noor: Contact) -> None:
    answer = pages.reader(zottegem).post(
        pages.at(zottegem, "contacts"), {"q": "lem"}, headers={"HX-Request": "true"}
    )

    assert answer.content.decode().lstrip().startswith("<section")


def test_a_name_never_stands_in_an_address(zottegem: Library, noor: Contact) -> None:
    client = pages.reader(zottegem)

    page = client.get(pages.at(zottegem, "contacts"), {"q": "niemand"}).content.decode()
    form = re.search(r"<search>.*?</search>", page, re.DOTALL)

    assert "Nieuwste leden" in page
    assert form
    assert 'method="post"' in form[0]
    assert "csrfmiddlewaretoken" in form[0]
    assert "hx-get" not in form[0]


def test_a_person_shows_what_they_did_want_and_where_it_comes_from(zottegem: Library, noor: Contact) -> None:
    client = pages.reader(zottegem)

    # Four apps tell of one person: twelve, and one each for their mails and their journeys.
    with pages.at_most(14):
        page = client.get(pages.at(zottegem, "contact", noor.pk)).content.decode()

    for words in ("Leende 5 stuks", "uit Wise", "Nieuwsbrief van je bibliotheek", "••••4567"):
        assert words in page


def test_that_somebody_looked_is_written_down(zottegem: Library, noor: Contact) -> None:
    pages.reader(zottegem).get(pages.at(zottegem, "contact", noor.pk))

    with acting_for(zottegem.pk):
        assert AuditEntry.objects.get(act="contact.viewed").subject_id == noor.pk


def test_who_may_not_see_people_sees_numbers_only(zottegem: Library, noor: Contact) -> None:
    client = without_people(zottegem)

    listed = client.post(pages.at(zottegem, "contacts"), {"q": "lem"})

    assert "Lemmens" not in listed.content.decode()
    assert client.get(pages.at(zottegem, "contact", noor.pk)).status_code == 403


def test_a_stranger_finds_no_page(zottegem: Library, aalst: Library, noor: Contact) -> None:
    stranger = pages.admin(aalst)

    assert stranger.get(pages.at(zottegem, "contact", noor.pk)).status_code == 404
    assert stranger.get(pages.at(aalst, "contact", noor.pk)).status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sink": "members"}, "Dit veld is verplicht"),
        ({"sink": "members", "file": SimpleUploadedFile("leeg.csv", b"")}, "Het bestand is leeg"),
        ({"sink": "katten", "file": SimpleUploadedFile("x.csv", b"a")}, "Selecteer een geldige keuze"),
    ],
)
def test_a_bad_upload_says_so_and_starts_nothing(
    zottegem: Library, fields: dict[str, Any], words: str
) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "import-add"), fields)

    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    with acting_for(zottegem.pk):
        assert not ImportRun.objects.exists()


def test_a_reader_cannot_upload(zottegem: Library) -> None:
    assert pages.reader(zottegem).get(pages.at(zottegem, "import-add")).status_code == 403


def test_refused_rows_are_shown_with_their_mend_and_hidden_from_who_sees_no_people(bring: Deliver) -> None:
    run = bring(
        sink="members", content="externalId;lastName;email\n1;Peeters;jan@example,be\n2;=1+1;\n2;x;\n"
    )
    where = pages.at(run.library, "import", run.pk)

    page = pages.reader(run.library).get(where).content.decode()
    hidden = without_people(run.library).get(where).content.decode()

    assert "jan@example,be" in page
    assert "Bedoel je jan@example.be?" in page
    assert "jan@" not in hidden


def test_refused_rows_download_as_a_file_without_formulas(bring: Deliver) -> None:
    run = bring(sink="members", content="externalId;lastName\n=1+1;Peeters\n=1+1;Peeters\n")

    file = pages.reader(run.library).get(pages.at(run.library, "import-refusals", run.pk))

    assert "'=1+1" in file.content.decode("utf-8-sig")
    assert file.headers["Content-Disposition"].startswith("attachment")


def test_that_somebody_took_the_refused_rows_is_written_down(bring: Deliver) -> None:
    run = bring(sink="members", content="externalId;lastName;email\n1;Peeters;jan@example,be\n")

    pages.reader(run.library).get(pages.at(run.library, "import-refusals", run.pk))

    with acting_for(run.library.pk):
        entry = AuditEntry.objects.get(act="import.refusals_downloaded")
        assert (entry.subject_id, entry.detail) == (run.pk, {"rows": 1})
        (act,) = acts.in_words([entry])
    assert act.words == f"haalde de 1 niet ingeladen rijen van inlading {run.pk} op"


def test_the_inventory_says_how_long_refused_values_stay(bring: Deliver) -> None:
    run = bring(sink="members", content="externalId;lastName;email\n1;Peeters;jan@example,be\n")
    where = pages.at(run.library, "inventory")

    with acting_for(run.library.pk):
        [before] = [one for one in clocks.standings(tonight=NOON) if "fout stond" in str(one.clock.label)]
        retention.forget_refused_values(at=NOON + timedelta(days=31))
        [after] = [one for one in clocks.standings(tonight=NOON) if "fout stond" in str(one.clock.label)]

    assert (before.held_count, after.held_count) == (1, 0)
    assert "30 dagen na het inladen" in pages.reader(run.library).get(where).content.decode()


def test_a_forgotten_value_reads_as_no_longer_kept(bring: Deliver) -> None:
    run = bring(sink="members", content="externalId;lastName;email\n1;Peeters;jan@example,be\n")
    with acting_for(run.library.pk):
        retention.forget_refused_values(at=NOON + timedelta(days=31))

    page = pages.reader(run.library).get(pages.at(run.library, "import", run.pk)).content.decode()

    assert "niet meer bewaard" in page
    assert "jan@" not in page


def test_a_run_that_has_ended_asks_the_browser_to_reload(bring: Deliver) -> None:
    run = bring(sink="members", content="externalId;lastName\n1;Peeters\n")

    answer = pages.reader(run.library).get(
        pages.at(run.library, "import", run.pk), headers={"HX-Request": "true"}
    )

    assert answer.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["contacts", "data", "inventory", "import-add"])
def test_every_page_needs_few_queries(zottegem: Library, noor: Contact, name: str) -> None:
    client = pages.editor(zottegem)

    with pages.at_most(12):
        assert client.get(pages.at(zottegem, name)).status_code == 200


def test_the_page_of_a_person_needs_few_queries(zottegem: Library, noor: Contact) -> None:
    client = pages.editor(zottegem)

    with pages.at_most(12):
        assert client.get(pages.at(zottegem, "contact", noor.pk)).status_code == 200


def test_the_page_of_who_is_no_member_needs_few_queries(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        visitor = a_contact()
    client = pages.editor(zottegem)

    with pages.at_most(12):
        assert client.get(pages.at(zottegem, "contact", visitor.pk)).status_code == 200
