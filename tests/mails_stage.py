"""What the walk through Mails needs: a library's content, people who want news, and newsletters in every state."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from bibmail.network.models import LibraryStatsDaily
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Branch, Library, User
from campaigns import audience, drafts, newsletters
from campaigns.models import (
    Campaign,
    Capability,
    LibraryEvent,
    Mailing,
    Message,
    MessageEvent,
    SendingSettings,
    TrackedLink,
)
from tests import factories

BLOCKS = [
    {"key": "b1", "type": "greeting", "title": "Dag {{contact.first_name}}", "text": "De dagen worden kort."},
    {"key": "b2", "type": "text", "title": "Samen lezen", "text": "Elke woensdag lezen we voor in Centrum."},
    {"key": "b3", "type": "events", "title": "", "days": 30, "max": 4},
    {"key": "b4", "type": "button", "label": "Bekijk de agenda", "url": "https://example.be/agenda"},
    {"key": "b5", "type": "opening_hours", "title": ""},
]
RULE = {
    "all": [
        {"field": "age", "op": "gte", "value": 18},
        {"field": "branch", "op": "in", "value": ["3550"]},
        {"field": "last_active", "op": "lte", "value": 365},
    ]
}


def addresses(library: Library, branch: Branch, by: User) -> dict[str, str]:
    """Every page of Mails by a short name; within acting_for(library)."""
    now = timezone.now()
    SendingSettings.objects.create(is_trial=False, opens="00:00", closes="23:59", on_sunday=True)
    for number, name in enumerate(["Voorleesuurtje", "Lezing over Elsschot", "Digicafé"]):
        LibraryEvent.objects.create(
            code=f"A{number}",
            name=name,
            branch=branch,
            starts_at=now + timedelta(days=3 + number),
            kind="lezing",
        )
    Capability.objects.create(service="ebooks", url="https://example.be/ebooks")
    for number in range(40):
        factories.a_membership(
            factories.a_reader(first_name=f"Lezer{number}", last_name="Maes"), home_branch=branch,
            card_number=str(number),
        )  # fmt: skip
    draft = factories.a_campaign(name="Nieuwsbrief november", blocks=BLOCKS, rule=drafts.EVERYONE)
    ruled = factories.a_campaign(name="Voorleesweek", blocks=BLOCKS[:1], rule=RULE, subject="", preheader="")
    sent = _sent(by)
    planned = factories.a_campaign(name="Nieuwsbrief december", blocks=BLOCKS)
    count = audience.reach(planned.rule, topic="newsletter", at=now).will_get
    newsletters.plan(campaign_id=planned.pk, send_at=now + timedelta(days=3), approved=count, by=by, at=now)
    message = Message.objects.filter(mailing__campaign=sent, state="accepted").first()
    assert message is not None
    MessageEvent.objects.create(message=message, kind="delivered", at=now)
    return _named(
        library,
        {
            "mails": ("mails",),
            "messages": ("messages",),
            "message": ("message", message.pk),
            "newsletter-draft": ("newsletter", draft.pk),
            "newsletter-faulty": ("newsletter", ruled.pk),
            "newsletter-audience": ("newsletter-audience", ruled.pk),
            "newsletter-everyone": ("newsletter-audience", draft.pk),
            "newsletter-send": ("newsletter-send", draft.pk),
            "newsletter-send-not-yet": ("newsletter-send", ruled.pk),
            "newsletter-sent": ("newsletter", sent.pk),
            "newsletter-planned": ("newsletter", planned.pk),
            "newsletter-stop": ("newsletter-stop", sent.pk),
        },
    ) | {
        "newsletter-block": f"{_at(library, 'newsletter', draft.pk)}?blok=b2",
        "newsletter-offer": f"{_at(library, 'newsletter', draft.pk)}?blok=b4&als=computer",
        "newsletter-rule": f"{_at(library, 'newsletter-audience', ruled.pk)}?regel=1",
        "newsletter-new-rule": f"{_at(library, 'newsletter-audience', draft.pk)}?veld=last_active",
    }


def _named(library: Library, names: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    return {short: _at(library, *found) for short, found in names.items()}


def _at(library: Library, name: str, *args: Any) -> str:
    return reverse(f"library:{name}", args=[library.slug, *args])


def _sent(by: User) -> Campaign:
    """Under way, with everything that can become of a mail."""
    now = timezone.now()
    campaign = factories.a_campaign(name="Nieuwsbrief oktober", blocks=BLOCKS)
    count = audience.reach(campaign.rule, topic="newsletter", at=now).will_get
    newsletters.launch(campaign_id=campaign.pk, approved=count, by=by, at=now)
    mailing = Mailing.objects.get(campaign=campaign)
    ends: list[dict[str, Any]] = [
        *[{"state": "accepted", "accepted_at": now, "delivery": 10}] * 22,
        *[{"state": "accepted", "accepted_at": now}] * 4,
        {"state": "accepted", "accepted_at": now, "delivery": 30},
        {"state": "accepted", "accepted_at": now, "delivery": 40},
        *[{"state": "skipped", "reason": "frequency_cap", "settled_at": now}] * 3,
        {"state": "skipped", "reason": "consent_withdrawn", "settled_at": now},
        *[{"state": "unknown", "submitted_at": now}] * 2,
    ]
    for message, end in zip(Message.objects.filter(mailing=mailing).order_by("pk"), ends, strict=False):
        Message.objects.filter(pk=message.pk).update(**end)
    for label, clicks in [("Bekijk de agenda", 9), ("Schrijf je in voor het voorleesuurtje", 4)]:
        TrackedLink.objects.create(
            mailing=mailing, url=f"https://example.be/{clicks}", label=label, human_clicks_count=clicks
        )
    return campaign


def a_month_of_mails(library: Library, chance: random.Random) -> None:
    """What the network reads of a library."""
    today = timezone.localdate()
    with acting_for(library.pk):
        for days_ago in range(1, 30):
            sent = chance.randrange(0, 400)
            LibraryStatsDaily.objects.create(
                library=library, day=today - timedelta(days=days_ago), service_sent_count=sent // 3,
                marketing_sent_count=sent - sent // 3, delivered_count=sent * 98 // 100,
                hard_bounced_count=sent // 100, complaints_count=sent // 350,
            )  # fmt: skip
