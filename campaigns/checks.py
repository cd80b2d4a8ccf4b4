"""What is still to be looked at in a newsletter before it goes: faults that hold it back, and tips."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from campaigns import drafts, newsletters
from campaigns.content import lint
from campaigns.content.press import Press
from campaigns.drafts import Block
from campaigns.models import Campaign

LONG_SUBJECT = 65

# What a block must hold, or it would not be seen.
_NEEDS = {
    "greeting": "title",
    "text": "text",
    "heading": "title",
    "button": "url",
    "poll": "question",
    "offer": "services",
}
# A mail with nothing but these has nothing to say.
_ONLY_AROUND = {"greeting", "heading", "button", "poll"}


class Finding(NamedTuple):
    """One thing to look at, the block it is about (its key, or empty), and whether it holds the mail back."""

    title: str
    words: str
    key: str
    is_fault: bool


def quick(campaign: Campaign) -> list[Finding]:
    """What its words alone tell, without a question to the database; faults first."""
    return _sorted([*_of_head(campaign), *_of_blocks(campaign.blocks)])


def findings(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """Everything: the blocks, and what the linter says of the mail as it is made; faults first."""
    mailing = newsletters.unsaved_mailing(campaign, at=at)
    told = [
        Finding(remark.words, "", "", is_fault=remark.is_hard)
        for remark in lint.check(mailing, press=Press(at=at))
    ]
    return _sorted([*_of_blocks(campaign.blocks), *told])


def faults(campaign: Campaign, *, at: datetime) -> list[Finding]:
    """What holds the newsletter back."""
    return [finding for finding in findings(campaign, at=at) if finding.is_fault]


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: not finding.is_fault)


def _of_head(campaign: Campaign) -> list[Finding]:
    found = []
    if not campaign.subject.strip():
        found.append(
            Finding(
                _("Er is nog geen onderwerp."),
                _("Zonder onderwerp opent niemand de mail, en kan hij niet weg."),
                "",
                is_fault=True,
            )
        )
    elif len(drafts.spoken(campaign.subject)) > LONG_SUBJECT:
        found.append(
            Finding(
                _("Het onderwerp is lang."),
                _("Een telefoon toont ongeveer %(count)s tekens. Zet het belangrijkste vooraan.")
                % {"count": LONG_SUBJECT},
                "",
                is_fault=False,
            )
        )
    if not campaign.preheader.strip():
        found.append(
            Finding(
                _("Er is geen voorvertoningstekst."),
                _("Dan toont het postvak de eerste woorden van de mail. Een eigen zin werkt beter."),
                "",
                is_fault=False,
            )
        )
    return found


def _of_blocks(blocks: Sequence[Block]) -> list[Finding]:
    if all(block["type"] in _ONLY_AROUND for block in blocks):
        return [
            Finding(
                _("Er staat nog niets in."),
                _(
                    "Een mail met alleen een begroeting en een knop sturen we niet. Voeg een tekst of nieuws toe."
                ),
                "",
                is_fault=True,
            )
        ]
    return [
        Finding(
            _("‘%(block)s’ is nog leeg.") % {"block": drafts.KINDS[block["type"]].label},
            _("Vul het blok in of haal het weg. Zo staat het niet in de mail."),
            block["key"],
            # A text that was forgotten is missed; an empty button is not.
            is_fault=block["type"] in {"text", "button", "offer", "poll"},
        )
        for block in blocks
        if (needed := _NEEDS.get(block["type"])) and not block.get(needed)
    ]
