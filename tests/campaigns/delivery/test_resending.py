"""A mail in doubt goes once more when a colleague says so, through the same gate, and figures count it once."""

from datetime import timedelta

import pytest

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, StaffRole
from campaigns import balance, queries, reports, resending
from campaigns.models import Message, Submission
from consent.models import Consent
from tests import factories
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON

pytestmark = pytest.mark.django_db

State = Message.State
LATER = NOON + timedelta(hours=25)


def doubted(post: Post, count: int = 1, *, hours: int = 25) -> list[int]:
    """Mails that an ESP in trouble neither took nor refused, so many hours ago."""
    mailing = post.newsletter()
    post.queue(*(post.person() for _ in range(count)), mailing=mailing)
    post.sandbox.put("mode", {"mode": "down"})
    post.send()
    post.sandbox.put("mode", {"mode": "ok"})
    with acting_for(post.library.pk):
        for submission in Submission.objects.filter(state="unknown"):
            submission.opened_at -= timedelta(hours=hours)
            submission.save()
        return list(resending.in_doubt().values_list("pk", flat=True))


def resend(post: Post, ids: list[int], *, approved: int | None = None, reason: str = "storing") -> int:
    role = factories.a_role(post.library, role=StaffRole.Role.EDITOR)
    with acting_for(post.library.pk):
        return resending.resend(
            ids, approved=len(ids) if approved is None else approved, reason=reason, by=role.user, at=LATER
        )


def test_the_old_row_stays_in_doubt_and_names_the_new_one(post: Post) -> None:
    [old_id] = doubted(post)

    assert resend(post, [old_id]) == 1

    with acting_for(post.library.pk):
        old, new = Message.objects.order_by("pk")
        assert (old.state, old.resent_as) == (State.UNKNOWN, new.key)
        assert (new.key, new.state) == (f"{old.key}:r1", State.QUEUED)
        assert not resending.in_doubt().exists()
        assert queries.unknown_count() == 0
        entry = AuditEntry.objects.get(act="messages.resent")
        assert entry.detail == {"mails": 1, "reason": "storing"}


def test_it_leaves_at_once_though_the_first_one_took_its_place_under_the_cap(post: Post) -> None:
    resend(post, doubted(post))

    post.send(LATER)

    assert post.states() == [(State.UNKNOWN, ""), (State.ACCEPTED, "")]
    assert len(post.received) == 1


def test_the_balance_expects_the_person_once(post: Post) -> None:
    ids = doubted(post, 3)
    with acting_for(post.library.pk):
        message = Message.objects.select_related("mailing__campaign").first()
        assert message
        campaign = message.mailing.campaign

    def figures() -> balance.Balance:
        with acting_for(post.library.pk):
            return reports.balance_of(campaign, queries.counts_of_campaigns([campaign.pk])[campaign.pk])

    before = figures()
    resend(post, ids[:2])
    post.send(LATER)
    after = figures()

    assert (before.expected, before.unknown) == (3, 3)
    assert (after.expected, after.unknown, after.accepted) == (3, 1, 2)


def test_who_withdrew_meanwhile_gets_none(post: Post) -> None:
    ids = doubted(post)
    with acting_for(post.library.pk):
        Consent.objects.update(closed_at=NOON + timedelta(hours=1), closed_source="x")

    resend(post, ids)
    post.send(LATER)

    assert post.states()[-1] == (State.SKIPPED, Message.Reason.CONSENT_WITHDRAWN)
    assert post.received == []


def test_a_second_time_counts_on(post: Post) -> None:
    resend(post, doubted(post))
    post.sandbox.put("mode", {"mode": "down"})
    post.send(LATER)
    with acting_for(post.library.pk):
        Submission.objects.update(opened_at=NOON - timedelta(days=900))
        [again] = resending.in_doubt().values_list("pk", flat=True)

    resend(post, [again])

    with acting_for(post.library.pk):
        assert [key[-3:] for key in Message.objects.order_by("pk").values_list("key", flat=True)[1:]] == [
            ":r1",
            ":r2",
        ]


@pytest.mark.parametrize("twice", [True, False])
def test_nothing_goes_when_the_number_is_another(post: Post, twice: bool) -> None:
    ids = doubted(post, 2)
    if twice:
        resend(post, ids)

    with pytest.raises(resending.OtherCount):
        resend(post, ids, approved=2 if twice else 3)

    assert len(post.states()) == (4 if twice else 2)


def test_a_day_must_have_passed(post: Post) -> None:
    ids = doubted(post, hours=23)

    with pytest.raises(resending.OtherCount):
        resend(post, ids)


def test_without_a_reason_nothing_goes(post: Post) -> None:
    with pytest.raises(resending.NoReason):
        resend(post, doubted(post), reason="  ")


def test_what_comes_too_late_or_has_nobody_left_cannot_go(post: Post) -> None:
    late, gone = doubted(post, 2)
    with acting_for(post.library.pk):
        Message.objects.filter(pk=late).update(not_after=LATER)
        Message.objects.filter(pk=gone).update(recipient=None)

        assert not resending.resendable(resending.in_doubt(), at=LATER).exists()
