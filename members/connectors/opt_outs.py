"""What somebody told their library system that they do not want, as answers here: a no, never a yes."""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings

from bibmail.tenancy import acting_for
from members.connectors.registry import Account, Row
from members.models import SeenOptOut

# The opt-outs of Wise that speak of mails like ours; "phone" and "website" do not.
ABOUT_MAIL = frozenset(
    {"ALL", "ALL_INFORMATION", "MARKETING", "MARKETING_MESSAGES", "EMAIL", "MAIL", "CONTACT_VIA_EMAIL"}
)
ABOUT_ELSE = frozenset({"PHONE", "CONTACT_VIA_PHONE", "POST", "CONTACT_VIA_MAIL", "WEBSITE", "MY_MENU"})

_topics: list[Callable[[], list[str]]] = []


def register_topics(topics: Callable[[], list[str]]) -> None:
    """Called from AppConfig.ready() of the app that owns consents: the codes that an opt-out says no to."""
    if topics not in _topics:
        _topics.append(topics)


def rows(account: Account, standing: Iterable[tuple[str, bool]], *, source: str, at: datetime) -> list[Row]:
    """A no to every topic for who has opted out, as of when we first saw it; who has not is forgotten here."""
    says_no = dict(standing)
    with acting_for(account.library_id):
        codes = [code for topics in _topics for code in topics()]
        keyed = {_keyed(member): member for member in says_no}
        out = [SeenOptOut(source_id=account.source_id, member_hash=key, since=at)
               for key, member in keyed.items() if says_no[member]]  # fmt: skip
        SeenOptOut.objects.bulk_create(out, ignore_conflicts=True)
        held = SeenOptOut.objects.filter(source_id=account.source_id, member_hash__in=keyed)
        held.filter(member_hash__in=[key for key, member in keyed.items() if not says_no[member]]).delete()
        since = {keyed[key]: moment for key, moment in held.values_list("member_hash", "since")}
    return [
        {"memberExternalId": member, "email": "", "topic": code, "status": "nee", "source": source,
         "recordedAt": moment.isoformat(), "proofText": ""}
        for member, moment in sorted(since.items())
        for code in codes
    ]  # fmt: skip


def _keyed(member: str) -> str:
    """A number of a person as we remember it here: useless without the key."""
    return hmac.new(
        settings.RECIPIENT_PEPPER.encode(), f"opt-out:{member}".encode(), hashlib.sha256
    ).hexdigest()
