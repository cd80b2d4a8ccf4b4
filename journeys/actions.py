"""Switching journeys on and off, and what that publishes."""

from datetime import datetime
from typing import Any

from django.db import transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from journeys import checks, definition, mailings, recipes
from journeys.definition import Definition
from journeys.engine import exits
from journeys.models import Journey, JourneyVersion
from members.segments import rules


class NotOn(Exception):
    """Only a journey that runs can be paused or stopped."""


class NotPaused(Exception):
    """Only a journey that stands still can go on."""


class UnfitJourney(Exception):
    """The journey would do what it may not; the message says what."""


@transaction.atomic
def activate(*, code: str, settings: dict[str, Any], by: User | None, at: datetime) -> Journey:
    """Switch a recipe on with these settings; only what happens from now on lets people in.

    A journey that runs already gets a new version; people inside finish theirs.
    Raises UnknownRecipe, UnfitSetting, UnfitJourney.
    """
    journey, _made = Journey.objects.select_for_update().get_or_create(code=code, defaults={"changed_at": at})
    chosen = recipes.checked(recipes.get(code), settings)
    version = _publish(journey, chosen, by=by, at=at)
    journey.settings, journey.version, journey.changed_at = chosen, version, at
    if journey.state == Journey.State.OFF:
        journey.activated_at = at
    journey.state = Journey.State.LIVE
    journey.save()
    _record("journey.activated", journey, by=by, at=at, version=version.number, **chosen)
    return journey


@transaction.atomic
def change_settings(*, journey_id: int, settings: dict[str, Any], by: User | None, at: datetime) -> Journey:
    """Publish a version with these settings; who is inside finishes theirs, and whether it runs stays as it is.

    Raises NotOn, UnfitSetting, UnfitJourney.
    """
    journey = Journey.objects.select_for_update().get(pk=journey_id)
    if journey.state == Journey.State.OFF:
        raise NotOn
    chosen = recipes.checked(recipes.get(journey.code), settings)
    journey.version = _publish(journey, chosen, by=by, at=at)
    journey.settings, journey.changed_at = chosen, at
    journey.save(update_fields=["settings", "version", "changed_at"])
    _record("journey.settings_changed", journey, by=by, at=at, version=journey.version.number, **chosen)
    return journey


@transaction.atomic
def pause(*, journey_id: int, by: User | None, at: datetime) -> Journey:
    """Nobody enters and nobody moves until it goes on; raises NotOn."""
    journey = Journey.objects.select_for_update().get(pk=journey_id)
    if journey.state != Journey.State.LIVE:
        raise NotOn
    journey.state, journey.changed_at = Journey.State.PAUSED, at
    journey.save(update_fields=["state", "changed_at"])
    _record("journey.paused", journey, by=by, at=at)
    return journey


@transaction.atomic
def resume(*, journey_id: int, by: User | None, at: datetime) -> Journey:
    """Go on; what happened meanwhile lets nobody in. Raises NotPaused."""
    journey = Journey.objects.select_for_update().get(pk=journey_id)
    if journey.state != Journey.State.PAUSED:
        raise NotPaused
    journey.state, journey.changed_at, journey.activated_at = Journey.State.LIVE, at, at
    journey.save(update_fields=["state", "changed_at", "activated_at"])
    _record("journey.resumed", journey, by=by, at=at)
    return journey


@transaction.atomic
def stop(*, journey_id: int, by: User | None, at: datetime) -> int:
    """Switch off: everyone leaves, and mails that still wait are cancelled. Returns how many left; raises NotOn."""
    journey = Journey.objects.select_for_update().get(pk=journey_id)
    if journey.state == Journey.State.OFF:
        raise NotOn
    left = exits.let_everyone_out(journey, at=at)
    journey.state, journey.changed_at = Journey.State.OFF, at
    journey.save(update_fields=["state", "changed_at"])
    _record("journey.stopped", journey, by=by, at=at, left=left)
    return left


def _record(act: str, journey: Journey, *, by: User | None, at: datetime, **detail: Any) -> None:
    label = recipes.get(journey.code)["label"]
    audit.record(
        act,
        by=by,
        at=at,
        subject_kind="journey",
        subject_id=journey.pk,
        code=journey.code,
        label=label,
        **detail,
    )


def _publish(journey: Journey, settings: dict[str, Any], *, by: User | None, at: datetime) -> JourneyVersion:
    """A new version with its texts; the same choices again make no new one."""
    raw = recipes.resolved(recipes.get(journey.code), settings) | {"chosen": settings}
    last = JourneyVersion.objects.filter(journey=journey).order_by("-number").first()
    if last and last.definition == raw:
        return last
    read = definition.read(raw)
    _refuse_hidden_uses(read)
    _refuse_faulty_mails(read, at=at)
    version = JourneyVersion.objects.create(
        journey=journey,
        number=last.number + 1 if last else 1,
        definition=raw,
        published_at=at,
        published_by=by,
    )
    mailings.publish(read, version=version.number, at=at)
    return version


def _refuse_hidden_uses(read: Definition) -> None:
    """The rule for entering may use no data that the journey does not ask leave for (invariant 6)."""
    for trigger in read.raw["trigger"]:
        hidden = rules.data_uses(read.raw["entry"]) - {*read.data_uses, *trigger.get("data_uses", [])}
        if hidden:
            raise UnfitJourney(", ".join(sorted(hidden)))


def _refuse_faulty_mails(read: Definition, *, at: datetime) -> None:
    found = checks.faults(read, at=at)
    if found:
        raise UnfitJourney(" ".join(f"{fault.step}: {fault.words}" for fault in found))
