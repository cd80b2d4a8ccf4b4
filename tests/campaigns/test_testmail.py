"""A test mail reaches the colleague who asked, and leaves nothing in the ledger."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library, StaffRole
from campaigns import tasks, testmail
from campaigns.delivery import esp
from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp import Accepted, Account, Answer, Refused
from campaigns.models import Campaign, Message
from tests import factories
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(zottegem: Library) -> Campaign:
    with acting_for(zottegem.pk):
        return factories.a_campaign()


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    """What was given to the ESP, which takes everything."""
    mails: list[Mail] = []

    def deliver(given: Sequence[Mail], account: Account, *, key: UUID) -> Answer:
        mails.extend(given)
        return Accepted(["id"])

    monkeypatch.setattr(esp, "deliver", deliver)
    return mails


def asked(campaign: Campaign, user_id: int) -> dict[str, Any]:
    return {"library_id": campaign.library_id, "campaign_id": campaign.pk, "user_id": user_id}


def test_it_goes_to_the_address_of_the_colleague(
    zottegem: Library, campaign: Campaign, posted: list[Mail]
) -> None:
    role = factories.a_role(zottegem)

    testmail.send(**asked(campaign, role.user_id), at=NOON)

    (mail,) = posted
    assert (mail.to, mail.subject) == (role.user.email, "[Test] Nieuw in oktober")
    assert "Er is nieuws." in mail.html
    assert not mail.metadata
    with acting_for(zottegem.pk):
        assert Message.objects.count() == 0


def test_a_colleague_of_another_library_gets_nothing(
    zottegem: Library, aalst: Library, campaign: Campaign, posted: list[Mail]
) -> None:
    stranger = factories.a_role(aalst)

    with pytest.raises(StaffRole.DoesNotExist):
        testmail.send(**asked(campaign, stranger.user_id), at=NOON)
    assert posted == []


def test_a_refusal_is_noted_without_a_name(
    zottegem: Library, campaign: Campaign, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(esp, "deliver", lambda mails, account, *, key: Refused("400"))

    tasks.send_test(**asked(campaign, factories.a_role(zottegem).user_id))

    assert "not sent: Refused" in caplog.text
    assert "@" not in caplog.text
