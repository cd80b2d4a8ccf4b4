"""What a colleague does with a newsletter while it is written, and the bell when it goes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bibmail import tenancy
from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from bibmail.tenancy.templatetags.bibmail import month
from campaigns import drafts, newsletters, tasks
from campaigns.drafts import Block, Rule
from campaigns.models import Campaign


class TooMany(Exception):
    """The newsletter has as many blocks or rules as it may have."""


@transaction.atomic
def create_newsletter(*, by: User, at: datetime) -> Campaign:
    """A new draft with a greeting, new titles and activities, for everyone who wants the newsletter."""
    campaign = Campaign.objects.create(
        name=_("Nieuwsbrief %(month)s") % {"month": month(timezone.localdate(at))},
        subject=drafts.FIRST_SUBJECT,
        blocks=drafts.first_blocks(),
        rule=drafts.EVERYONE,
        created_at=at,
        created_by=by,
    )
    audit.record("newsletter.added", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk)
    return campaign


@transaction.atomic
def copy_newsletter(*, campaign_id: int, by: User, at: datetime) -> Campaign:
    """A new draft with the same blocks, topic and rule; its subject is to be written anew."""
    source = Campaign.objects.get(pk=campaign_id)
    campaign = create_newsletter(by=by, at=at)
    campaign.topic, campaign.blocks, campaign.rule = source.topic, source.blocks, source.rule
    campaign.save(update_fields=["topic", "blocks", "rule"])
    return campaign


@transaction.atomic
def save_head(*, campaign_id: int, head: Mapping[str, str]) -> Campaign:
    """Name, subject, preheader and topic; raises NotADraft."""
    campaign = newsletters.draft(campaign_id)
    for field in ("name", "subject", "preheader", "topic"):
        setattr(campaign, field, head[field])
    campaign.save(update_fields=["name", "subject", "preheader", "topic"])
    return campaign


@transaction.atomic
def add_block(*, campaign_id: int, code: str) -> str:
    """One more block at the end; return its key. Raises NotADraft, TooMany, KeyError."""
    campaign = newsletters.draft(campaign_id)
    if len(campaign.blocks) >= drafts.MOST_BLOCKS:
        raise TooMany
    campaign.blocks = drafts.with_block(campaign.blocks, code)
    campaign.save(update_fields=["blocks"])
    return str(campaign.blocks[-1]["key"])


def save_block(*, campaign_id: int, key: str, options: Mapping[str, Any]) -> None:
    """What stands in a block; raises NotADraft."""
    _change_blocks(campaign_id, lambda blocks: drafts.with_options(blocks, key, options))


def move_block(*, campaign_id: int, key: str, by: int) -> None:
    """One place up (-1) or down (1); raises NotADraft."""
    _change_blocks(campaign_id, lambda blocks: drafts.moved(blocks, key, by=by))


def remove_block(*, campaign_id: int, key: str) -> None:
    """Raises NotADraft."""
    _change_blocks(campaign_id, lambda blocks: drafts.without_block(blocks, key))


@transaction.atomic
def _change_blocks(campaign_id: int, change: Callable[[Sequence[Block]], list[Block]]) -> None:
    campaign = newsletters.draft(campaign_id)
    campaign.blocks = change(campaign.blocks)
    campaign.save(update_fields=["blocks"])


@transaction.atomic
def save_rule(*, campaign_id: int, leaf: Rule, number: int | None = None) -> None:
    """One more sentence of the rule, or another in the place of sentence `number`; raises NotADraft, TooMany."""
    campaign = newsletters.draft(campaign_id)
    leaves = drafts.leaves(campaign.rule)
    if number is not None and number < len(leaves):
        leaves[number] = leaf
    elif len(leaves) >= drafts.MOST_RULES:
        raise TooMany
    else:
        leaves.append(leaf)
    _save_leaves(campaign, leaves, joined_by=drafts.joins_by(campaign.rule))


@transaction.atomic
def remove_rule(*, campaign_id: int, number: int) -> None:
    """Leave out sentence `number`; a number that is not there changes nothing. Raises NotADraft."""
    campaign = newsletters.draft(campaign_id)
    leaves = [leaf for place, leaf in enumerate(drafts.leaves(campaign.rule)) if place != number]
    _save_leaves(campaign, leaves, joined_by=drafts.joins_by(campaign.rule))


@transaction.atomic
def join_rules(*, campaign_id: int, joined_by: str) -> None:
    """Whether every sentence must hold ("all") or one is enough ("any"); raises NotADraft."""
    campaign = newsletters.draft(campaign_id)
    _save_leaves(campaign, drafts.leaves(campaign.rule), joined_by=joined_by)


def _save_leaves(campaign: Campaign, leaves: Sequence[Rule], *, joined_by: str) -> None:
    campaign.rule = drafts.of_leaves(leaves, joined_by=joined_by)
    campaign.save(update_fields=["rule"])


@transaction.atomic
def remove_newsletter(*, campaign_id: int, by: User, at: datetime) -> None:
    """Throw a draft away; what was planned or sent stays. Raises NotADraft."""
    campaign = newsletters.draft(campaign_id)
    if campaign.mailings.exists():
        # Somebody may have had it: what is in the ledger stays.
        raise newsletters.NotADraft
    audit.record("newsletter.removed", by=by, at=at, subject_kind="newsletter", subject_id=campaign.pk)
    campaign.delete()


@transaction.atomic
def send_newsletter(*, campaign_id: int, approved: int, by: User, at: datetime) -> Campaign:
    """As newsletters.launch; the worker is rung when the transaction is through."""
    campaign = newsletters.launch(campaign_id=campaign_id, approved=approved, by=by, at=at)
    # The next sweep rings again when the broker is away.
    transaction.on_commit(partial(tasks.send.delay, library_id=tenancy.current_library_id()), robust=True)
    return campaign


def ask_test_mail(*, campaign_id: int, by: User) -> None:
    """A worker mails it to this colleague, once what was written is kept."""
    ring = partial(
        tasks.send_test.delay,
        library_id=tenancy.current_library_id(),
        campaign_id=campaign_id,
        user_id=by.pk,
    )
    transaction.on_commit(ring, robust=True)
