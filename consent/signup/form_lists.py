"""The lists that a sign-up form puts people on."""

from collections.abc import Iterable, Sequence

from django.db import transaction

from consent.signup.models import SignupForm, SignupFormList
from members.models import ContactList


def of(form: SignupForm) -> list[ContactList]:
    """The lists of a form that are in use, by name; none of a form that was not kept yet."""
    if form.pk is None:
        return []
    ids = SignupFormList.objects.filter(form=form).values("contact_list_id")
    return list(ContactList.objects.filter(pk__in=ids, is_archived=False))


def named(list_ids: Sequence[int]) -> list[ContactList]:
    """These lists as far as they are still there and in use, by name."""
    return list(ContactList.objects.filter(pk__in=list_ids, is_archived=False)) if list_ids else []


@transaction.atomic
def put(form: SignupForm, lists: Iterable[ContactList]) -> None:
    """From now on the form puts people on these lists, and on no others."""
    wanted = {one.pk for one in lists}
    # A list in the archive is not shown to choose from: it stays, and counts again when it is taken back.
    held = SignupFormList.objects.filter(form=form)
    held.filter(contact_list__is_archived=False).exclude(contact_list_id__in=wanted).delete()
    SignupFormList.objects.bulk_create(
        [SignupFormList(form=form, contact_list_id=pk) for pk in sorted(wanted)], ignore_conflicts=True
    )
