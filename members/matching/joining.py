"""Join two people that are one, take apart one that is two, and undo either."""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils.timezone import localdate

from bibmail.tenancy import audit, current_library_id
from bibmail.tenancy.models import User
from members import changes, summary
from members.identity import folded
from members.matching import pairs, references, rules
from members.matching.references import Joining, Reference
from members.models import ActivitySummary, Contact, IdentityChange, Membership, NotSamePerson

# What the one that stays takes over where it has nothing of its own.
_FILLED = {
    "date_of_birth": ("date_of_birth",),
    "gender": ("gender",),
    "postal_code": ("postal_code", "city"),
    "email": ("email", "email_norm", "recipient_hash"),
}
_ACTIVITIES = Reference(table="members_activity")
_LINKS = Reference(table="members_householdmember", unique_with=("household_id",))

_IMAGE = "SELECT to_jsonb(t)::json FROM {table} AS t WHERE t.contact_id = %(contact_id)s"


class NotJoinable(Exception):
    """These two cannot be joined: one and the same, an institution, or already somebody else."""


class NotUndoable(Exception):
    """Undone before, too long ago, or a later joining of the same person must be undone first."""


class NothingChosen(Exception):
    """Somebody can only be taken apart by saying what belongs to the other."""


def who_stays(one: Contact, other: Contact, *, having_membership: Container[int]) -> tuple[Contact, Contact]:
    """Of two, the one that stays and the one that goes: a number of the library system wins, then a membership."""

    def worth(contact: Contact) -> tuple[bool, bool, int]:
        number = contact.external_id or ":"
        return not rules.is_derived(number), contact.pk in having_membership, -contact.pk

    return (one, other) if worth(one) > worth(other) else (other, one)


@transaction.atomic
def join(*, kept_id: int, other_id: int, rule: str = "", by: User | None, at: datetime) -> IdentityChange:
    """Make `other` a part of `kept`: its rows move, what collides is set aside. Raises NotJoinable."""
    kept, other = _two_people(kept_id, other_id)
    images: dict[str, Any] = {"kept": _plain(kept), "other": _plain(other)}
    moved = _merge(Joining(kept.pk, other.pk, at), kept, other, images)
    change = IdentityChange.objects.create(
        kind=IdentityChange.Kind.MERGE,
        kept=kept,
        other=other,
        rule=rule,
        moved=moved,
        images=images,
        by=by,
        at=at,
    )
    audit.record("contact.joined", by=by, at=at, subject_kind="contact", subject_id=kept.pk, rule=rule)
    return change


def join_certain(*, by: User | None, at: datetime) -> int:
    """Join every pair of the library that the rules are certain of; how many joinings that were."""
    joined = 0
    for pair in pairs.to_look_at(on=localdate(at)):
        people = Contact.objects.people().in_bulk([pair.first_id, pair.second_id])
        # A third record of the same person may have taken one of them along.
        if not pair.is_certain or len(people) != 2:
            continue
        holders = Membership.objects.filter(contact_id__in=people).values_list("contact_id", flat=True)
        kept, other = who_stays(*people.values(), having_membership=set(holders))
        join(kept_id=kept.pk, other_id=other.pk, rule=pair.judgement.rule, by=by, at=at)
        joined += 1
    audit.record("contact.doubles_joined", by=by, at=at, people=joined)
    return joined


def _two_people(kept_id: int, other_id: int) -> tuple[Contact, Contact]:
    """Both, locked in the order of their ids."""
    found = Contact.objects.select_for_update().filter(pk__in=[kept_id, other_id]).order_by("pk").in_bulk()
    if kept_id == other_id or len(found) != 2:
        raise NotJoinable
    if any(contact.kind != Contact.Kind.PERSON for contact in found.values()):
        raise NotJoinable
    return found[kept_id], found[other_id]


def _merge(joining: Joining, kept: Contact, other: Contact, images: dict[str, Any]) -> dict[str, list[int]]:
    images["hooks"] = references.run_hooks(joining)
    images["summaries"] = _images("members_activitysummary", joining)
    images["baselines"] = _images("members_activitybaseline", joining)
    moved: dict[str, list[int]] = {}
    images["aside"] = {}
    for reference in references.every_reference():
        if reference.is_special:
            continue
        ids, aside = references.move(reference, source_id=other.pk, target_id=kept.pk)
        if ids:
            moved[f"{reference.table}.{reference.column}"] = ids
        if aside:
            images["aside"].setdefault(reference.table, []).extend(aside)
    summary.join_baselines(kept_id=kept.pk, other_id=other.pk)
    _join_summaries(kept.pk, other.pk)
    images["baseline_after"] = _image("members_activitybaseline", kept.pk)
    _fill(kept, other)
    other.kind, other.merged_into = Contact.Kind.MERGED, kept
    other.email, other.email_norm, other.recipient_hash = "", "", None
    other.save()
    changes.note(kept.pk)
    return moved


def _fill(kept: Contact, other: Contact) -> None:
    """Take over what the one that stays lacks, with where it came from."""
    for first, columns in _FILLED.items():
        if getattr(kept, first) or not getattr(other, first):
            continue
        for column in columns:
            setattr(kept, column, getattr(other, column))
            kept.field_sources[column] = list(other.source_of(column))
    kept.save()


def _join_summaries(kept_id: int, other_id: int) -> None:
    """Refold the one that stays; figures that only the other's source supplied go along."""
    summary.refold_people([kept_id, other_id])
    theirs = ActivitySummary.objects.filter(contact_id=other_id).first()
    if theirs and theirs.source_as_of_on:
        ActivitySummary.objects.filter(contact_id=kept_id, source_as_of_on__isnull=True).update(
            source_loans_last_12m=theirs.source_loans_last_12m,
            source_loans_previous_12m=theirs.source_loans_previous_12m,
            source_as_of_on=theirs.source_as_of_on,
        )
    ActivitySummary.objects.filter(contact_id=other_id).delete()


@transaction.atomic
def undo(*, change_id: int, by: User | None, at: datetime) -> IdentityChange:
    """Put back what a joining moved or a split took away; what changed since stays and is listed.

    Raises NotUndoable.
    """
    change = IdentityChange.objects.select_for_update().get(pk=change_id)
    if not change.can_be_undone:
        raise NotUndoable
    people = Contact.objects.select_for_update().order_by("pk").in_bulk([change.kept_id, change.other_id])
    kept, other = people[change.kept_id], people[change.other_id]
    if kept.kind != Contact.Kind.PERSON:
        raise NotUndoable
    if change.kind == IdentityChange.Kind.SPLIT:
        if other.kind != Contact.Kind.PERSON:
            raise NotUndoable
        _merge(Joining(kept.pk, other.pk, at), kept, other, {})
    else:
        change.left_behind = _take_apart(change, kept, other, at=at)
    change.undone_at, change.images = at, {}
    change.save()
    changes.note(kept.pk, other.pk)
    audit.record("contact.identity_undone", by=by, at=at, subject_kind="contact", subject_id=kept.pk)
    return change


def _take_apart(change: IdentityChange, kept: Contact, other: Contact, *, at: datetime) -> list[str]:
    if other.merged_into_id != kept.pk:
        raise NotUndoable
    left: list[str] = []
    images = change.images
    _restore_contacts(kept, other, images)
    by_name = {f"{one.table}.{one.column}": one for one in references.every_reference()}
    for name, ids in change.moved.items():
        back = references.give_back(by_name[name], ids, source_id=kept.pk, target_id=other.pk)
        if back < len(ids):
            left.append(by_name[name].table)
    for table, aside in images["aside"].items():
        if references.restore(table, aside) < len(aside):
            left.append(table)
    if _image("members_activitybaseline", kept.pk) == images["baseline_after"]:
        _replace("members_activitybaseline", images["baselines"], [kept.pk, other.pk])
    else:
        left.append("members_activitybaseline")
    summary.refold_people([kept.pk, other.pk])
    _put_supplied_figures(images["summaries"], kept.pk, other.pk)
    left += references.undo_hooks(Joining(kept.pk, other.pk, at), images["hooks"])
    return sorted(set(left))


def _restore_contacts(kept: Contact, other: Contact, images: dict[str, Any]) -> None:
    """The other as it was; of the one that stays, the fields it had taken over and still has."""
    before = images["other"]
    other.kind, other.merged_into = before["kind"], None
    for column in ("email", "email_norm", "recipient_hash"):
        setattr(other, column, before[column])
    other.save()
    was = images["kept"]
    for first, columns in _FILLED.items():
        if was[first] or _text(getattr(kept, first)) != _text(before[first]):
            continue
        for column in columns:
            setattr(kept, column, was[column])
            kept.field_sources.pop(column, None)
    kept.save()


def _put_supplied_figures(images: list[dict[str, Any]], kept_id: int, other_id: int) -> None:
    """The figures of sources, which no fold can make again."""
    columns = ("source_loans_last_12m", "source_loans_previous_12m", "source_as_of_on")
    had = {image["contact_id"]: image for image in images}
    for contact_id in (kept_id, other_id):
        image = had.get(contact_id, {})
        if contact_id == kept_id and image.get("source_as_of_on") is not None:
            continue
        ActivitySummary.objects.filter(contact_id=contact_id).update(
            **{column: image.get(column) for column in columns}
        )


@transaction.atomic
def split(
    *,
    contact_id: int,
    activity_ids: Sequence[int],
    household_ids: Sequence[int] = (),
    first_name: str,
    last_name: str,
    by: User | None,
    at: datetime,
) -> IdentityChange:
    """Make a second person out of a part of what one did; the address stays with the first.

    Raises NothingChosen, NotJoinable.
    """
    if not activity_ids and not household_ids:
        raise NothingChosen
    kept = Contact.objects.select_for_update().get(pk=contact_id)
    if kept.kind != Contact.Kind.PERSON:
        raise NotJoinable
    other = Contact.objects.create(
        external_id=f"split:{uuid4()}", relation=Contact.Relation.VISITOR, source="colleague", sourced_at=at,
        **_names(first_name, last_name),
    )  # fmt: skip
    moved = {
        "members_activity.contact_id": _hand_over(_ACTIVITIES, activity_ids, kept.pk, other.pk),
        "members_householdmember.contact_id": _hand_over(_LINKS, household_ids, kept.pk, other.pk),
    }
    summary.refold_people([kept.pk, other.pk])
    change = IdentityChange.objects.create(
        kind=IdentityChange.Kind.SPLIT,
        kept=kept,
        other=other,
        moved=moved,
        images={"split": True},
        by=by,
        at=at,
    )
    say_two(one_id=kept.pk, other_id=other.pk, by=by, at=at)
    changes.note(kept.pk, other.pk)
    audit.record("contact.split", by=by, at=at, subject_kind="contact", subject_id=kept.pk)
    return change


def _hand_over(reference: Reference, ids: Sequence[int], source_id: int, target_id: int) -> list[int]:
    references.give_back(reference, list(ids), source_id=source_id, target_id=target_id)
    return list(ids)


def say_two(*, one_id: int, other_id: int, by: User | None, at: datetime) -> None:
    """Remember that these are two people, so that nobody asks again."""
    first_id, second_id = sorted((one_id, other_id))
    NotSamePerson.objects.get_or_create(
        first_id=first_id, second_id=second_id, defaults={"said_by": by, "said_at": at}
    )
    audit.record("contact.two_people", by=by, at=at, subject_kind="contact", subject_id=first_id)


def forget_images(*, before: datetime) -> int:
    """Empty the images of joinings before this moment: they are personal, and undoing ends there; how many."""
    old = IdentityChange.objects.filter(at__lt=before).exclude(images={})
    return old.update(images={})


def _names(first_name: str, last_name: str) -> dict[str, str]:
    return {
        "first_name": first_name,
        "last_name": last_name,
        "first_name_folded": folded(first_name)[:120],
        "last_name_folded": folded(last_name)[:120],
    }


def _plain(contact: Contact) -> dict[str, Any]:
    """The columns that joining may change, as JSON."""
    columns = ["kind", *(column for group in _FILLED.values() for column in group)]
    return {column: _text(getattr(contact, column)) for column in columns}


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else str(value)


def _image(table: str, contact_id: int) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(_IMAGE.format(table=table), {"contact_id": contact_id})
        row = cursor.fetchone()
    return row[0] if row else None


def _images(table: str, joining: Joining) -> list[dict[str, Any]]:
    found = (_image(table, contact_id) for contact_id in (joining.kept_id, joining.other_id))
    return [image for image in found if image]


def _replace(table: str, images: list[dict[str, Any]], contact_ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE library_id = %(library_id)s AND contact_id = ANY(%(ids)s)",
            {"library_id": current_library_id(), "ids": contact_ids},
        )
    references.restore(table, images)
