"""The pages behind the links of mails: a token opens one thing of one library, and nothing of the other."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.test import Client

from bibmail.tenancy import tokens
from bibmail.tenancy.tokens import Purpose
from campaigns.models import TrackedLink
from consent.preferences import visit
from tests.isolation import probes, traffic
from tests.isolation.rows.campaigns import public_id
from tests.isolation.world import NOWHERE, Tenant, World

PATHS = {
    Purpose.PREFERENCES: "v",
    Purpose.UNSUBSCRIBE: "u",
    Purpose.WHY: "w",
    Purpose.VIEW: "m",
    Purpose.LINK: "l",
}
BY_MESSAGE = [Purpose.UNSUBSCRIBE, Purpose.WHY, Purpose.VIEW]
ONE_CLICK = {"List-Unsubscribe": "One-Click", "alles": "1"}


@pytest.fixture
def busy(world: World) -> World:
    traffic.begin(world)
    return world


def address(purpose: Purpose, library: Tenant, subject: UUID, *, link: int = 0) -> str:
    token = tokens.for_message(purpose, library_id=library.library.pk, public_id=subject, extra=link)
    return f"/{PATHS[purpose]}/{token}/"


def own(purpose: Purpose, its: Tenant) -> str:
    """The address in this library's own mail."""
    subject = UUID(int=its.number) if purpose == Purpose.PREFERENCES else public_id(its)
    return address(purpose, its, subject, link=its.number if purpose == Purpose.LINK else 0)


def asked(path: str) -> Iterator[tuple[int, str]]:
    """Status and words of each way to ask, where whoever asks keeps no cookie."""
    for answer in (Client().get(path), Client().post(path, ONE_CLICK), Client().get(path, {"taal": "en"})):
        yield answer.status_code, answer.content.decode() + answer.headers.get("Location", "")


def alike(path: str, number: UUID) -> list[tuple[int, str]]:
    """The answers without what an address says of itself."""
    token = path.split("/")[2]
    return [
        (status, words.replace(token, "TOKEN").replace(str(number), "NUMBER"))
        for status, words in asked(path)
    ]


@pytest.mark.parametrize("purpose", BY_MESSAGE)
def test_a_message_of_zottegem_is_nowhere_at_aalst(purpose: Purpose, busy: World) -> None:
    before = probes.checksum(busy.zottegem), probes.checksum(busy.aalst)
    theirs, nowhere = public_id(busy.zottegem), UUID(int=NOWHERE)

    answers = alike(address(purpose, busy.aalst, theirs), theirs)

    assert answers == alike(address(purpose, busy.aalst, nowhere), nowhere)
    assert not [word for word in busy.zottegem.canaries if word in str(answers)]
    assert (probes.checksum(busy.zottegem), probes.checksum(busy.aalst)) == before


def test_a_person_of_zottegem_is_nowhere_at_aalst(busy: World) -> None:
    theirs = address(Purpose.PREFERENCES, busy.aalst, UUID(int=busy.zottegem.number))

    answer = Client().get(theirs)

    assert answer.status_code == 404
    assert visit.COOKIE not in answer.cookies


def test_a_link_of_zottegem_leads_nowhere_at_aalst(busy: World) -> None:
    before = probes.checksum(busy.zottegem), probes.checksum(busy.aalst)
    theirs = busy.zottegem.of(TrackedLink)

    for subject in (public_id(busy.zottegem), public_id(busy.aalst)):
        answer = Client().get(address(Purpose.LINK, busy.aalst, subject, link=theirs.pk))
        assert answer.status_code == 404

    assert (probes.checksum(busy.zottegem), probes.checksum(busy.aalst)) == before


@pytest.mark.parametrize("purpose", PATHS)
def test_a_token_opens_no_other_page(purpose: Purpose, busy: World) -> None:
    token = own(purpose, busy.zottegem).split("/")[2]
    before = probes.checksum(busy.zottegem)

    for path in {*PATHS.values()} - {PATHS[purpose]}:
        for status, words in asked(f"/{path}/{token}/"):
            assert status in {404, 405}
            assert not [word for word in busy.zottegem.canaries if word in words]
    assert probes.checksum(busy.zottegem) == before


@pytest.mark.parametrize("purpose", PATHS)
def test_a_token_with_another_library_written_in_is_none(purpose: Purpose, busy: World) -> None:
    mine, theirs = (own(purpose, its).split("/")[2] for its in (busy.zottegem, busy.aalst))
    # The head names key, purpose and library; 8 characters of base64 are its 6 bytes.
    crossed = [mine[:8] + theirs[8:], theirs[:8] + mine[8:], mine[:-20] + theirs[-20:]]

    statuses = {status for token in crossed for status, _ in asked(f"/{PATHS[purpose]}/{token}/")}

    assert statuses <= {404, 405}


@pytest.mark.parametrize("purpose", PATHS)
def test_ones_own_token_touches_no_other_library(purpose: Purpose, busy: World) -> None:
    before = probes.checksum(busy.aalst)
    client = Client()

    found = [client.get(own(purpose, busy.zottegem), follow=purpose == Purpose.PREFERENCES)]
    if purpose in {Purpose.UNSUBSCRIBE, Purpose.PREFERENCES}:
        path = "/v/" if purpose == Purpose.PREFERENCES else own(purpose, busy.zottegem)
        ids = dict.fromkeys(["contact_id", "library_id", "library", "id"], str(busy.aalst.number))
        found.append(client.post(path, ONE_CLICK | ids | {"section": "stop", "change": "all.stop"}))

    assert {answer.status_code for answer in found} <= {200, 302}
    assert not [word for word in busy.aalst.canaries for answer in found if word in answer.content.decode()]
    # The same person reads at Aalst, and said nothing there.
    assert probes.changes(before, busy.aalst) == []


def test_a_visit_of_zottegem_cannot_be_made_one_of_aalst(busy: World) -> None:
    client = Client()
    client.get(own(Purpose.PREFERENCES, busy.zottegem))
    cookie = client.cookies[visit.COOKIE].value
    mine, theirs = (f"{its.library.pk}.{its.number}" for its in (busy.zottegem, busy.aalst))

    for value in (
        cookie.replace(mine, theirs),
        cookie.replace(str(busy.zottegem.library.pk), str(busy.aalst.library.pk)),
    ):
        assert value != cookie
        client.cookies[visit.COOKIE] = value
        assert client.get("/v/").status_code == 404
