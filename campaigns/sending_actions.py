"""Whether a library's mails leave at all, and to whom: the trial, and the switch for everything."""

from datetime import datetime

from django.db import transaction

from bibmail.tenancy import audit, current_library_id
from bibmail.tenancy.models import Library, User
from campaigns.models import SendingSettings


def leave_trial(*, by: User | None, at: datetime) -> SendingSettings:
    """From now on mails go to people; what the trial kept back stays unsent."""
    return _set("sending.trial_left", is_trial=False, by=by, at=at)


def enter_trial(*, by: User | None, at: datetime) -> SendingSettings:
    """From now on only colleagues get mail."""
    return _set("sending.trial_entered", is_trial=True, by=by, at=at)


def stop_sending(*, by: User | None, at: datetime) -> SendingSettings:
    """Nothing leaves any more; mails that wait are cancelled when their turn comes."""
    return _set("sending.stopped", is_on=False, by=by, at=at)


def resume_sending(*, by: User | None, at: datetime) -> SendingSettings:
    """Mails leave again; what was cancelled stays so."""
    return _set("sending.resumed", is_on=True, by=by, at=at)


@transaction.atomic
def _set(act: str, *, by: User | None, at: datetime, **switch: bool) -> SendingSettings:
    """Turn one switch; what stands so already is no act, and leaves no trace."""
    settings, _made = SendingSettings.objects.select_for_update().get_or_create(defaults={"changed_at": at})
    if all(getattr(settings, name) == value for name, value in switch.items()):
        return settings
    for name, value in switch.items():
        setattr(settings, name, value)
    settings.changed_at = at
    settings.save(update_fields=[*switch, "changed_at"])
    if "is_trial" in switch:
        # What Cultuurconnect sees of it.
        state = Library.State.TRIAL if switch["is_trial"] else Library.State.LIVE
        Library.objects.filter(pk=current_library_id()).update(state=state)
    audit.record(act, by=by, at=at, subject_kind="sending")
    return settings
