"""What a colleague does with segments: draft, undo, save as a version, restore, rename, put away. Audited."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from members.models import Segment, SegmentVersion
from members.segments import edit, inside, rules
from members.segments.fields import Params
from members.segments.rules import Rule, UnfitRule


class NameTaken(Exception):
    """Another segment has this name."""


class StillUsed(Exception):
    """Something still uses the segment."""


@transaction.atomic
def create(name: str, *, at: datetime, by: User, rule: Rule | None = None, began_as: str = "") -> Segment:
    """A new segment; one that begins with a rule is saved at once. Raises NameTaken."""
    _refuse_taken(name)
    segment = Segment.objects.create(name=name, draft={}, began_as=began_as, changed_at=at)
    audit.record("segment.created", by=by, at=at, number=segment.pk)
    if rule:
        segment.draft = dict(rule)
        _save(segment, at=at, by=by)
    return segment


@transaction.atomic
def change(segment_id: int, changed: Callable[[Rule], Rule], *, at: datetime) -> Segment:
    """Put what `changed` makes of the rule into the draft; raises UnfitRule, inside.Loop, edit.NoSuchPart."""
    segment = _locked(segment_id)
    before = edit.rooted(segment.shown_rule)
    after = changed(before)
    inside.refuse_loop(after, of=segment)
    # Compiled once, so that nothing is kept that cannot be asked.
    rules.condition(after, Params(at=at))
    segment.draft, segment.draft_before = dict(after), dict(before)
    segment.save(update_fields=["draft", "draft_before"])
    return segment


@transaction.atomic
def undo(segment_id: int) -> Segment:
    """The draft one step back; a second time brings it forth again."""
    segment = _locked(segment_id)
    if segment.draft_before is not None:
        segment.draft, segment.draft_before = segment.draft_before, segment.draft
        segment.save(update_fields=["draft", "draft_before"])
    return segment


@transaction.atomic
def save(segment_id: int, *, at: datetime, by: User) -> Segment:
    """Let the draft decide from now on, as a version; raises UnfitRule for a rule that is still empty."""
    segment = _locked(segment_id)
    if segment.draft is not None:
        if not rules.leaves(segment.draft):
            raise UnfitRule(rules.explain({}))
        _save(segment, at=at, by=by)
    return segment


@transaction.atomic
def restore(segment_id: int, number: int, *, at: datetime, by: User) -> Segment:
    """Save the rule of an older version again; raises inside.Loop and SegmentVersion.DoesNotExist."""
    segment = _locked(segment_id)
    segment.draft = SegmentVersion.objects.get(segment=segment, number=number).rule
    inside.refuse_loop(segment.draft, of=segment)
    _save(segment, at=at, by=by)
    return segment


@transaction.atomic
def rename(segment_id: int, name: str, *, at: datetime, by: User) -> None:
    """Raises NameTaken."""
    segment = _locked(segment_id)
    if segment.name != name:
        _refuse_taken(name)
        segment.name, segment.changed_at = name, at
        segment.save(update_fields=["name", "changed_at"])
        audit.record("segment.renamed", by=by, at=at, number=segment.pk)


@transaction.atomic
def archive(segment_id: int, *, at: datetime, by: User, is_used: bool) -> None:
    """Put it away: its versions stay, nothing new can use it. Raises StillUsed."""
    segment = _locked(segment_id)
    if is_used:
        raise StillUsed
    segment.archived_at = at
    segment.save(update_fields=["archived_at"])
    audit.record("segment.archived", by=by, at=at, number=segment.pk)


def _locked(segment_id: int) -> Segment:
    return Segment.objects.in_use().select_for_update().get(pk=segment_id)


def _save(segment: Segment, *, at: datetime, by: User) -> None:
    segment.version += 1
    segment.rule, segment.draft, segment.draft_before = segment.draft, None, None
    segment.changed_at, segment.people_count, segment.counted_at = at, None, None
    segment.save()
    SegmentVersion.objects.create(
        segment=segment, number=segment.version, rule=segment.rule, made_at=at, made_by=by
    )
    audit.record("segment.saved", by=by, at=at, number=segment.pk, version=segment.version)


def _refuse_taken(name: str) -> None:
    if Segment.objects.filter(name=name).exists():
        raise NameTaken
