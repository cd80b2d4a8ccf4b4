"""From the queue to the ESP's ledger, over real HTTP."""

import itertools
from datetime import datetime, timedelta

import pytest

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library
from campaigns.delivery import claim, esp, faults, gate, make, record, sender
from campaigns.delivery.esp import Accepted
from campaigns.delivery.make import Desk
from campaigns.models import Message, NetworkSwitch, SendingSettings, Submission
from consent.models import Consent, MailPreference
from tests.campaigns.delivery.stage import Post
from tests.factories import NOON

State, Reason = Message.State, Message.Reason
ACCEPTED = (State.ACCEPTED, "")


def test_what_is_queued_reaches_the_esp_once(post: Post) -> None:
    people = [post.person() for _ in range(3)]
    post.queue(*people)

    post.send()
    post.send()

    assert post.states() == [ACCEPTED] * 3
    assert sorted(post.received) == sorted(person.email for person in people)


def test_a_newsletter_goes_in_one_call_and_a_journey_mail_alone(post: Post) -> None:
    post.queue(*(post.person() for _ in range(5)), mailing=post.newsletter())
    together = post.send()

    post.queue(post.person(), post.person())
    alone = post.send()

    assert (together, alone) == (1, 2)
    assert len(post.received) == 7


def test_every_mail_knows_the_one_click_and_only_its_own_reader(post: Post) -> None:
    noor, lou = post.person(first_name="Noor"), post.person(first_name="Lou")
    post.queue(noor, lou, mailing=post.newsletter())

    post.send()

    for mail in post.sandbox.book.mails():
        found = post.sandbox.book.mail(mail.id)
        assert found
        content = found[1]
        assert content.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "/u/" in content.headers["List-Unsubscribe"]
        other = "Lou" if mail.email == noor.email else "Noor"
        assert other not in content.html + content.text + mail.subject


def test_a_service_mail_has_no_way_out_to_offer(post: Post) -> None:
    post.queue(post.person(wants=""), mailing=post.service())

    post.send()

    [mail] = post.sandbox.book.mails()
    found = post.sandbox.book.mail(mail.id)
    assert found
    assert "List-Unsubscribe" not in found[1].headers


def test_consent_is_read_at_the_last_moment(post: Post) -> None:
    noor = post.person()
    post.queue(noor)
    with acting_for(post.library.pk):
        Consent.objects.filter(contact=noor).update(closed_at=NOON - timedelta(seconds=1), closed_source="x")

    post.send()

    assert post.states() == [(State.SKIPPED, Reason.CONSENT_WITHDRAWN)]
    assert post.received == []


def test_the_message_remembers_what_carried_it(post: Post) -> None:
    noor = post.person()
    post.queue(noor)

    post.send()

    with acting_for(post.library.pk):
        message = Message.objects.get()
        assert (message.topic, message.consent) == ("newsletter", Consent.objects.get(contact=noor))


def test_a_second_marketing_mail_waits_three_days(post: Post) -> None:
    noor = post.person()
    post.queue(noor)
    post.send()
    post.queue(noor)

    post.send(NOON + timedelta(hours=1))
    too_soon = post.states()[-1]
    post.send(NOON + timedelta(days=3, hours=1))

    assert too_soon == (State.QUEUED, "")
    assert post.states()[-1] == ACCEPTED


def test_one_address_has_one_cap_at_all_libraries(post: Post, aalst: Library) -> None:
    other = Post(aalst, post.sandbox)
    post.queue(post.person("noor@example.be"))
    other.queue(other.person("noor@example.be"))

    post.send()
    other.send()

    assert (post.states(), other.states()) == ([ACCEPTED], [(State.QUEUED, "")])


def test_two_people_on_one_address_in_one_newsletter_do_not_pass_the_cap(post: Post) -> None:
    post.queue(post.person("gezin@example.be"), post.person("gezin@example.be"), mailing=post.newsletter())

    post.send()

    assert post.received == ["gezin@example.be"]


def test_the_fifth_in_thirty_days_finds_no_room(post: Post) -> None:
    noor = post.person()
    for days in (0, 4, 8, 12):
        post.queue(noor, queued_at=NOON + timedelta(days=days), not_after=NOON + timedelta(days=60))
        post.send(NOON + timedelta(days=days))
    post.queue(noor, not_after=NOON + timedelta(days=20))

    post.send(NOON + timedelta(days=16))

    assert post.states() == [*[ACCEPTED] * 4, (State.SKIPPED, Reason.FREQUENCY_CAP)]


def test_a_service_mail_is_never_capped(post: Post) -> None:
    noor = post.person()
    post.queue(noor)
    post.queue(noor, noor, mailing=post.service())

    post.send()

    assert post.states() == [ACCEPTED] * 3


def test_who_asked_for_one_a_month_gets_one(post: Post) -> None:
    noor = post.person()
    with acting_for(post.library.pk):
        MailPreference.objects.create(contact=noor, pace="month", changed_at=NOON)
    post.queue(noor)
    post.send()
    post.queue(noor, not_after=NOON + timedelta(days=20))

    post.send(NOON + timedelta(days=10))

    assert post.states()[-1] == (State.SKIPPED, Reason.FREQUENCY_CAP)


def test_the_network_stops_everything_within_a_batch(post: Post) -> None:
    post.queue(post.person())
    switch_off()

    post.send()

    assert post.states() == [(State.CANCELLED, Reason.STOPPED)]


def test_a_mail_without_content_does_not_go(post: Post) -> None:
    empty = post.mailing(
        content={"subject": "x", "preheader": "", "reason": "x", "blocks": [{"key": "a", "type": "greeting"}]}
    )
    post.queue(post.person(), mailing=empty)

    post.send()

    assert post.states() == [(State.SKIPPED, Reason.NO_CONTENT)]


def test_a_poisoned_mail_does_not_hold_up_the_others(post: Post) -> None:
    broken = post.mailing(
        content={"subject": "x", "preheader": "", "reason": "x", "blocks": [{"key": "a", "type": "no such"}]}
    )
    noor, lou = post.person(), post.person()
    post.queue(noor, mailing=broken)
    post.queue(lou)

    post.send()

    assert post.states() == [(State.FAILED, Reason.NOT_RENDERED), ACCEPTED]


@pytest.mark.parametrize(
    ("mode", "first"),
    [("401", State.QUEUED), ("429", State.QUEUED), ("down", State.UNKNOWN), ("accept_500", State.UNKNOWN),
     ("accept_reset", State.UNKNOWN), ("accept_hang", State.UNKNOWN)],
)  # fmt: skip
def test_what_the_esp_does_is_told_apart_and_ends_well(post: Post, mode: str, first: str) -> None:
    noor = post.person()
    post.queue(noor)
    post.sandbox.put("mode", {"mode": mode})

    post.send()
    [(found, _reason)] = post.states()
    post.sandbox.put("mode", {"mode": "ok"})
    post.let_leases_end()
    ask_again(post)
    post.send()
    post.hear()

    assert found == first
    assert post.states() == [ACCEPTED]
    assert post.received == [noor.email]


def test_a_refused_mail_fails_and_frees_its_place(post: Post) -> None:
    noor = post.person()
    post.queue(noor)
    post.sandbox.put("mode", {"mode": "400_some", "share": 1.0})

    post.send()
    post.sandbox.put("mode", {"mode": "ok"})
    post.queue(noor)
    post.send()

    assert post.states() == [(State.FAILED, Reason.REFUSED), ACCEPTED]


def test_a_worker_that_died_with_its_claim_loses_nothing(post: Post) -> None:
    post.queue(post.person())
    with acting_for(post.library.pk):
        claim.take(10, at=NOON)

    post.send()
    held = post.received
    post.let_leases_end()
    post.reap()
    post.send()

    assert (held, len(post.received)) == ([], 1)


@pytest.mark.parametrize("was_taken", [True, False])
def test_a_worker_that_died_after_its_word_is_doubted_and_asked_again_with_the_key(
    post: Post, was_taken: bool
) -> None:
    noor = post.person()
    post.queue(noor)
    leaving = dying_worker(post)
    if was_taken:
        esp.deliver(leaving.mails, esp.of_network(), key=leaving.submission.key)
    post.let_leases_end()

    doubted = post.reap()
    ask_again(post)
    answered = post.states()
    post.hear()

    # Brevo only says that the key was used; that the mail is there its webhook tells.
    assert (doubted, answered) == (1, [(State.UNKNOWN, "") if was_taken else ACCEPTED])
    assert post.states() == [ACCEPTED]
    assert post.received == [noor.email]


def test_who_withdrew_meanwhile_is_not_asked_again(post: Post) -> None:
    noor = post.person()
    post.queue(noor)
    dying_worker(post)
    post.let_leases_end()
    with acting_for(post.library.pk):
        Consent.objects.filter(contact=noor).update(closed_at=NOON, closed_source="x")

    post.reap(NOON + timedelta(seconds=1))
    ask_again(post, at=NOON + timedelta(seconds=1))

    assert post.states() == [(State.UNKNOWN, "")]
    assert post.received == []


def test_past_the_window_of_the_key_nothing_is_sent_on_a_guess(post: Post) -> None:
    post.queue(post.person())
    dying_worker(post)
    post.let_leases_end()
    with acting_for(post.library.pk):
        Submission.objects.update(opened_at=NOON - timedelta(days=900))

    post.reap()
    ask_again(post)

    assert post.states() == [(State.UNKNOWN, "")]
    assert post.received == []


def test_a_frozen_worker_may_not_submit_what_it_lost(post: Post) -> None:
    post.queue(post.person())
    with acting_for(post.library.pk):
        taken = claim.take(10, at=NOON)
        desk = Desk(post.library, at=NOON)
        made = desk.make([message.id for message in taken.messages], token=taken.token, at=NOON)
        mails = make.mails(made, desk.sender)
    post.let_leases_end()
    post.reap()

    with acting_for(post.library.pk):
        leaving = gate.let_go(mails, token=taken.token, account=esp.NETWORK, at=NOON)

    assert leaving is None
    assert post.states() == [(State.QUEUED, "")]


def test_a_late_answer_of_our_own_call_still_counts(post: Post) -> None:
    post.queue(post.person())
    leaving = dying_worker(post)
    post.let_leases_end()
    with acting_for(post.library.pk):
        Message.objects.update(state=State.UNKNOWN)
        record.write(leaving.submission, Accepted(["<1@sandbox>"]), at=NOON)

    assert post.states() == [ACCEPTED]


def test_in_a_trial_only_colleagues_get_mail(post: Post) -> None:
    with acting_for(post.library.pk):
        SendingSettings.objects.update(is_trial=True)
    post.queue(post.person())

    post.send()

    assert post.states() == [(State.SKIPPED, Reason.TRIAL)]


def test_a_point_where_nobody_stands_costs_nothing(post: Post) -> None:
    faults.point("after_submitting")

    assert post.received == []


def dying_worker(post: Post) -> gate.Leaving:
    """A worker that wrote `submitting` and was never heard of again."""
    with acting_for(post.library.pk):
        taken = claim.take(10, at=NOON)
        desk = Desk(post.library, at=NOON)
        made = desk.make([message.id for message in taken.messages], token=taken.token, at=NOON)
        leaving = gate.let_go(make.mails(made, desk.sender), token=taken.token, account=esp.NETWORK, at=NOON)
    assert leaving
    return leaving


def ask_again(post: Post, at: datetime = NOON) -> None:
    """The reaper's next round, a moment later."""
    with acting_for(post.library.pk):
        Submission.objects.update(last_tried_at=NOON - timedelta(days=900))
    post.reap(at)


def switch_off() -> None:
    with acting_for_network():
        NetworkSwitch.objects.update(is_on=False)


def test_a_withdrawal_written_down_counts_though_the_round_began_before_it(post: Post) -> None:
    early, late = post.person(), post.person()
    post.queue(early, late)
    with acting_for(post.library.pk):
        Consent.objects.filter(contact=late).update(closed_at=NOON + timedelta(seconds=1))

    post.send(at=NOON)

    assert post.received == [early.email]
    assert post.states() == [ACCEPTED, (State.SKIPPED, Reason.CONSENT_WITHDRAWN)]


def test_each_mail_of_a_round_is_judged_at_its_own_moment(post: Post) -> None:
    post.queue(*(post.person() for _ in range(3)))
    ticks = itertools.count()

    sender.send(library_id=post.library.pk, now=lambda: NOON + timedelta(minutes=next(ticks)))

    with acting_for(post.library.pk):
        moments = set(Message.objects.values_list("submitted_at", flat=True))
    assert len(moments) == 3
