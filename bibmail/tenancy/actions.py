"""Writes of the settings pages; each leaves an entry in the audit trail."""

from collections.abc import Sequence
from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from bibmail.tenancy import audit
from bibmail.tenancy.hours import Interval
from bibmail.tenancy.models import (
    Branch,
    Library,
    OpeningException,
    OpeningHours,
    StaffRole,
    User,
)


class AlreadyStaff(Exception):
    """This colleague already has a role at this library."""


class LastAdmin(Exception):
    """A library keeps at least one admin."""


class HasJoined(Exception):
    """An invitation is for someone who was never here."""


@transaction.atomic
def save_branch(*, branch: Branch, by: User, at: datetime) -> Branch:
    act = "branch.changed" if branch.pk else "branch.added"
    branch.save()
    audit.record(act, by=by, at=at, subject_kind="branch", subject_id=branch.pk)
    return branch


@transaction.atomic
def save_week(*, branch: Branch, intervals: Sequence[Interval], by: User, at: datetime) -> int:
    """Replace the ordinary week of a branch; return how many intervals it has now."""
    Branch.objects.select_for_update().get(pk=branch.pk)
    OpeningHours.objects.filter(branch=branch).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(
            branch=branch,
            weekday=interval.weekday,
            opens=interval.opens,
            closes=interval.closes,
            is_self_service=interval.is_self_service,
        )
        for interval in intervals
    )
    audit.record(
        "hours.changed", by=by, at=at, subject_kind="branch", subject_id=branch.pk, intervals=len(intervals)
    )
    return len(intervals)


@transaction.atomic
def add_exception(*, branch: Branch, exception: OpeningException, by: User, at: datetime) -> OpeningException:
    exception.branch = branch
    exception.save()
    audit.record("exception.added", by=by, at=at, subject_kind="branch", subject_id=branch.pk)
    return exception


@transaction.atomic
def remove_exception(*, exception: OpeningException, by: User, at: datetime) -> None:
    audit.record("exception.removed", by=by, at=at, subject_kind="branch", subject_id=exception.branch_id)
    exception.delete()


@transaction.atomic
def invite(
    *, library: Library, email: str, name: str, role: str, sees_people: bool, by: User, at: datetime
) -> StaffRole:
    """Give a colleague a role and write to them; raises AlreadyStaff.

    The link to choose a password goes to the mailbox alone. On an inviter's screen it would let whoever
    invites first choose the password of an account that another library trusts later.
    """
    user = User.objects.filter(email__iexact=email.strip()).first()
    user = user or User.objects.create_user(email=email, name=name.strip())
    given, is_new = StaffRole.objects.get_or_create(
        library=library,
        user=user,
        defaults={"role": role, "sees_people": sees_people, "name": name.strip()},
    )
    if not is_new:
        raise AlreadyStaff
    audit.record(
        "staff.invited",
        by=by,
        at=at,
        subject_kind="staff",
        subject_id=user.pk,
        role=role,
        sees_people=sees_people,
    )
    _write_on_commit(given, by=by)
    return given


@transaction.atomic
def invite_again(*, role: StaffRole, by: User, at: datetime) -> StaffRole:
    """Write once more to a colleague who was never here; raises HasJoined."""
    if role.joined_at:
        raise HasJoined
    audit.record("staff.invited_again", by=by, at=at, subject_kind="staff", subject_id=role.user_id)
    _write_on_commit(role, by=by)
    return role


@transaction.atomic
def change_role(*, role: StaffRole, to: str, sees_people: bool, by: User, at: datetime) -> StaffRole:
    """Raises LastAdmin when nobody else could manage this library."""
    if to != StaffRole.Role.ADMIN:
        _keep_an_admin_beside(role)
    before, role.role, role.sees_people = role.role, to, sees_people
    role.save(update_fields=["role", "sees_people"])
    audit.record(
        "staff.role_changed",
        by=by,
        at=at,
        subject_kind="staff",
        subject_id=role.user_id,
        before=before,
        role=to,
        sees_people=sees_people,
    )
    return role


@transaction.atomic
def remove_staff(*, role: StaffRole, by: User, at: datetime) -> None:
    """Take the role away; the user stays, for the trail and for other libraries. Raises LastAdmin."""
    _keep_an_admin_beside(role)
    audit.record("staff.removed", by=by, at=at, subject_kind="staff", subject_id=role.user_id, role=role.role)
    role.delete()


def _keep_an_admin_beside(role: StaffRole) -> None:
    """Lock all admins of this library, so that two cannot leave at once."""
    admins = StaffRole.objects.in_library(role.library_id).filter(role=StaffRole.Role.ADMIN)
    ids = list(admins.select_for_update().order_by("pk").values_list("pk", flat=True))
    if ids == [role.pk]:
        raise LastAdmin


def _password_link(user: User) -> str:
    """Where this user chooses a password; valid for PASSWORD_RESET_TIMEOUT and until it is used."""
    where = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    return f"{settings.BASE_URL.rstrip('/')}{where}"


def _write_on_commit(role: StaffRole, *, by: User) -> None:
    # A mail server that is away must not undo the role; the invitation can be sent again.
    # (A lambda, since Django asks the callback for a name that a partial has not.)
    transaction.on_commit(lambda: _write(role=role, by=by), robust=True)


def _write(*, role: StaffRole, by: User) -> None:
    context = {
        "name": role.name,
        "library": role.library.name,
        "by": by.name,
        "link": "" if role.user.has_usable_password() else _password_link(role.user),
        "login": f"{settings.BASE_URL.rstrip('/')}{reverse('account_login')}",
    }
    # Which language the colleague reads is not known yet; the inviter's own does not count.
    with translation.override(settings.LANGUAGE_CODE):
        subject = render_to_string("tenancy/mail/invitation_subject.txt", context).strip()
        words = render_to_string("tenancy/mail/invitation.txt", context)
    send_mail(subject, words, None, [role.user.email])
