"""Wise: over real HTTP, against a stand-in that checks the key."""

from datetime import UTC, datetime

import pytest

from bibmail.sandbox.sources.world import patron
from bibmail.tenancy import acting_for
from consent.models import Consent
from members.connectors.wise import wise_key
from members.models import Activity, ConnectorRun, Contact
from tests.members.connectors.stage import NOON, Stage, later

pytestmark = pytest.mark.django_db

DONE, FAILED = ConnectorRun.State.DONE, ConnectorRun.State.FAILED


def names(stage: Stage) -> list[str]:
    with acting_for(stage.library.pk):
        return sorted(str(contact.external_id) for contact in Contact.objects.all())


def test_who_changed_comes_in_with_what_wise_knows(stage: Stage) -> None:
    stage.world.patrons = [patron("7301234")]

    run = stage.fetch(stage.wise())

    assert (run.state, run.figures["members"]["new"]) == (DONE, 1)
    with acting_for(stage.library.pk):
        contact = Contact.objects.get()
        membership = contact.memberships.get()
    assert (contact.first_name, contact.last_name, contact.email) == (
        "Noor", "Peeters", "noor.peeters7301234@example.be",
    )  # fmt: skip
    assert (str(membership.expires_on), membership.membership_type) == ("2027-09-01", "Volwassene")


def test_the_national_number_is_not_read_stored_or_noted(stage: Stage) -> None:
    stage.world.patrons = [patron("7301234", insz="91041200000")]

    run = stage.fetch(stage.wise())

    assert (run.state, run.drift) == (DONE, {})
    assert all(run.reading["national"] == [] and run.reading["ignored"] == [] for run in stage.runs())


def test_an_opt_out_is_a_no_to_every_topic_and_a_later_yes_here_stays(stage: Stage) -> None:
    stage.world.patrons = [patron("7301234", optOut=["MARKETING"])]
    source = stage.wise()

    stage.fetch(source)
    with acting_for(stage.library.pk):
        refused = set(Consent.objects.values_list("code", flat=True))
        assert refused
        assert not Consent.objects.filter(closed_at__isnull=True).exists()
        contact = Contact.objects.get()
        Consent.objects.create(
            contact=contact, subject="topic", code=min(refused), basis="consent", source="page",
            opened_at=later(hours=1),
        )  # fmt: skip
    stage.fetch(source, at=later(hours=2))

    with acting_for(stage.library.pk):
        assert Consent.objects.filter(closed_at__isnull=True).count() == 1


def test_an_opt_out_of_phone_calls_refuses_no_mail(stage: Stage) -> None:
    stage.world.patrons = [patron("7301234", optOut=["PHONE"])]

    stage.fetch(stage.wise())

    with acting_for(stage.library.pk):
        assert not Consent.objects.exists()


def test_loans_come_only_of_who_keeps_a_history(stage: Stage) -> None:
    loan = {"itemId": "312345", "bibliographicRecordId": "vlacc:1", "title": "De kust", "author": "A",
            "medium": "BOE", "branchId": "3550", "loanDate": "2026-11-20", "dueDate": "2026-12-11"}  # fmt: skip
    stage.world.patrons = [patron("1", loanHistoryEnabled=True), patron("2")]
    stage.world.loans = {"1": [loan], "2": [loan | {"itemId": "9"}]}

    run = stage.fetch(stage.wise(loans="1"))

    assert (run.state, run.figures["loans"]["new"]) == (DONE, 1)
    with acting_for(stage.library.pk):
        assert Activity.objects.filter(kind="loan").count() == 1
    assert not [target for target in stage.asked() if "/patron/2/" in target and target.endswith("/loan")]


def test_a_loan_without_its_day_is_left_out_and_noted(stage: Stage) -> None:
    stage.world.patrons = [patron("1", loanHistoryEnabled=True)]
    stage.world.loans = {"1": [{"itemId": "312345", "title": "De kust"}]}

    run = stage.fetch(stage.wise(loans="1"))

    assert (run.state, run.drift) == (DONE, {"loans": {"missing": ["loanDate"]}})


def test_deletions_without_a_place_to_go_say_so_after_the_members_are_in(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bibmail.tenancy import sinks

    monkeypatch.delitem(sinks._sinks, "deleted_members", raising=False)
    stage.world.patrons, stage.world.deleted = [patron("7301234")], ["7300001"]
    source = stage.wise()

    run = stage.fetch(source)

    assert (run.state, run.error_code, run.error_detail) == (FAILED, "no_sink", {"sink": "deleted_members"})
    assert names(stage) == ["7301234"]
    assert stage.now(source).cursor["day"] == "2026-11-24"


# --- The key ----------------------------------------------------------------------------------------


def test_the_key_is_the_hmac_of_day_and_name() -> None:
    # As `printf 20781Bibmail | openssl dgst -sha256 -hmac geheim` has it.
    assert wise_key("id", "geheim", "Bibmail", day=20_781) == (
        "id:5977ab78234cb21db12afc0bb4cd5bd155801e09f953f8823dd7fd2e3b49a98d"
    )


@pytest.mark.parametrize("minutes", [-3, 3])
def test_around_midnight_the_key_of_the_day_next_door_is_tried(stage: Stage, minutes: int) -> None:
    # Their clock says now; ours is off so far that it is in the next day, or still in the one before.
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    ours = midnight.replace(minute=3) if minutes > 0 else midnight
    shift = ours.timestamp() + (86_400 if minutes > 0 else -180)
    stage.world.patrons = [patron("7301234")]

    run = stage.fetch(stage.wise(), door=stage.door(now=lambda: datetime.fromtimestamp(shift, UTC)))

    assert run.state == DONE
    assert run.requests_count > 4


def test_far_from_midnight_a_refused_key_is_refused(stage: Stage) -> None:
    noon = datetime.now(UTC).replace(hour=12)
    stage.switch("401", times=9)

    run = stage.fetch(stage.wise(), door=stage.door(now=lambda: noon))

    assert (run.error_code, run.requests_count) == ("not_let_in", 1)


# --- The cursor -------------------------------------------------------------------------------------


def test_a_fetch_that_breaks_off_goes_on_behind_what_came_in(stage: Stage) -> None:
    stage.world.patrons = [patron(f"{number:04}") for number in range(60)]
    source = stage.wise()
    stage.switch("500", on="/patron/0055/", times=9)

    broken = stage.fetch(source)
    assert (broken.state, broken.error_code, len(names(stage))) == (FAILED, "server_error", 50)
    assert stage.now(source).cursor["position"] == "0049"
    stage.server.switches.clear()
    stage.server.asked.clear()
    mended = stage.fetch(source, at=later(hours=2))

    assert (mended.state, len(names(stage))) == (DONE, 60)
    assert stage.now(source).cursor == {"day": "2026-11-24", "deleted": ""}


def test_what_comes_twice_changes_nothing(stage: Stage) -> None:
    stage.world.patrons = [patron("7301234", changed="2026-11-24")]
    source = stage.wise()
    stage.fetch(source)

    again = stage.fetch(source, at=later(hours=1))

    assert again.figures["members"] == {
        "rows": 1,
        "new": 0,
        "changed": 0,
        "unchanged": 1,
        "removed": 0,
        "refused": 0,
    }


def test_a_patron_who_is_gone_meanwhile_is_passed_over(stage: Stage) -> None:
    stage.world.patrons = [patron("1"), patron("2")]
    stage.switch("404", on="/patron/1/")

    run = stage.fetch(stage.wise())

    assert (run.state, names(stage)) == (DONE, ["2"])


# --- Drift ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "name", "noted"),
    [
        ("unknown_field", "shoeSize", {"unknown": ["shoeSize"]}),
        ("missing_field", "optOut", {"missing": ["optOut"]}),
        ("other_type", "zipCode", {"other_type": ["zipCode"]}),
    ],
)
def test_a_field_that_changed_is_noted_by_name_alone(
    stage: Stage, mode: str, name: str, noted: object
) -> None:
    stage.world.patrons = [patron("7301234")]
    stage.switch(mode, on="patroninformation", name=name)
    source = stage.wise()

    run = stage.fetch(source)

    assert (run.state, run.drift, stage.now(source).drift) == (DONE, {"members": noted}, {"members": noted})


def test_the_next_hour_is_due_an_hour_later(stage: Stage) -> None:
    source = stage.wise()

    stage.fetch(source)

    assert (stage.now(source).next_due_at, stage.now(source).last_success_at) == (later(hours=1), NOON)
