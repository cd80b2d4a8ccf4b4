"""Who changed is noted once, and so are those who live with them."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.conf import LazySettings

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from members import changes
from members.models import Contact, ContactChange
from tests.factories import NOON, a_contact
from tests.members.delivery import Deliver, deliver

pytestmark = pytest.mark.django_db

MEMBERS = "externalId;lastName;firstName;email;language;expiresOn\n"
NOOR = "7301;Lemmens;Noor;noor@example.be;nl;01/09/2027\n"
JAN = "7303;Peeters;Jan;jan@example.be;nl;01/09/2027\n"
LINKS = "profileId;memberExternalId;relation;linkedOn\nP1;7301;zelf;01/10/2026\nP1;7302;kind;01/10/2026\n"
CONSENTS = "memberExternalId;email;topic;status;source;recordedAt;proofText\n"


@pytest.fixture
def bring(zottegem: Library, tmp_path: Path, settings: LazySettings) -> Deliver:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return partial(deliver, zottegem, tmp_path)


def heard(library: Library) -> list[str]:
    """Whose news lay there; it does not any more."""
    with acting_for(library.pk):
        found = ContactChange.objects.order_by("contact__external_id")
        names = [news.contact.external_id or "" for news in found.select_related("contact")]
        ContactChange.objects.all().delete()
    return names


def test_the_same_news_twice_is_one_row(library: Library) -> None:
    noor, jan = a_contact(), a_contact()

    changes.note(noor.pk, jan.pk, noor.pk)
    changes.note(noor.pk)

    assert ContactChange.objects.count() == 2


def test_an_import_notes_whoever_is_new_or_changed(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS + NOOR + JAN)
    first = heard(zottegem)

    bring(sink="members", content=MEMBERS + NOOR + JAN)
    same = heard(zottegem)
    bring(sink="members", content=MEMBERS + NOOR + JAN.replace("2027", "2028"))

    assert (first, same, heard(zottegem)) == (["7301", "7303"], [], ["7303"])


def test_a_link_and_a_change_of_a_child_are_news_for_the_household(bring: Deliver, zottegem: Library) -> None:
    lou = "7302;Lemmens;Lou;;nl;01/09/2027\n"
    bring(sink="members", content=MEMBERS + NOOR + lou + JAN)
    heard(zottegem)

    bring(sink="profile_links", content=LINKS)
    linked = heard(zottegem)
    bring(sink="profile_links", content=LINKS)
    same = heard(zottegem)
    bring(sink="members", content=MEMBERS + NOOR + lou.replace("2027", "2028") + JAN)
    changed = heard(zottegem)
    bring(sink="profile_links", content="\n".join(LINKS.splitlines()[:2]))

    assert (linked, same, changed) == (["7301", "7302"], [], ["7301", "7302"])
    assert heard(zottegem) == ["7301", "7302"]


def test_a_yes_a_no_and_a_no_without_a_yes_are_news(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS + NOOR + JAN)
    heard(zottegem)
    yes = "7301;;newsletter;ja;balie;2026-01-05;\n"

    bring(sink="consents", content=CONSENTS + yes)
    opened = heard(zottegem)
    bring(sink="consents", content=CONSENTS + yes)
    same = heard(zottegem)
    bring(sink="consents", content=f"{CONSENTS}7301;;newsletter;nee;balie;2026-02-05;\n")
    closed = heard(zottegem)
    bring(sink="consents", content=f"{CONSENTS}7303;;events;nee;balie;2026-02-05;\n")

    assert (opened, same, closed, heard(zottegem)) == (["7301"], [], ["7301"], ["7303"])


def test_a_language_that_somebody_chose_survives_the_next_file(bring: Deliver, zottegem: Library) -> None:
    bring(sink="members", content=MEMBERS + NOOR + JAN)
    with acting_for(zottegem.pk):
        moment = (NOON + timedelta(days=1)).isoformat()
        Contact.objects.filter(external_id="7301").update(
            language="en", field_sources={"language": ["voorkeuren", moment]}
        )

    bring(sink="members", content=MEMBERS + NOOR + JAN.replace(";nl;", ";fr;"))

    with acting_for(zottegem.pk):
        languages = dict(Contact.objects.values_list("external_id", "language"))
    assert languages == {"7301": "en", "7303": "fr"}
