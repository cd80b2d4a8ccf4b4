"""What Brevo tells about itself and about mails it took: enough to look one up."""

from typing import Any

from bibmail.sandbox.esp import wire
from bibmail.sandbox.esp.book import Book

# The words of the statistics are not those of the webhooks.
_NAMES = {
    "blocked": "blocked",
    "delivered": "delivered",
    "hard_bounce": "hardBounces",
    "request": "requests",
    "soft_bounce": "softBounces",
    "spam": "spam",
    "unsubscribed": "unsubscribed",
}
_KNOWN = {"messageId", "email", "event", "limit", "offset", "sort", "days", "startDate", "endDate", "tags"}


def account() -> dict[str, Any]:
    """GET /v3/account."""
    return {
        "email": "sandbox@example.org",
        "firstName": "Sand",
        "lastName": "Box",
        "companyName": "Sandbox",
        "address": {"street": "", "city": "", "zipCode": "", "country": "Belgium"},
        "plan": [{"type": "free", "credits": 1_000_000, "creditsType": "sendLimit"}],
        "relay": {"enabled": False, "data": {"userName": "", "relay": "", "port": 0}},
        "marketingAutomation": {"enabled": False},
    }


def events(book: Book, query: dict[str, list[str]]) -> dict[str, Any]:
    """GET /v3/smtp/statistics/events for a message id or an address; every accepted mail has its `requests`."""
    given = {name: values[-1] for name, values in query.items()}
    unknown = set(given) - _KNOWN
    if unknown:
        raise wire.Refused.invalid(f"{sorted(unknown)[0]!r} is not allowed")
    if "messageId" in given:
        mails = book.of_message_id(given["messageId"])
    elif "email" in given:
        mails = book.search(words=given["email"], limit=2500)[0]
    else:
        raise wire.Refused.missing("the sandbox looks up by messageId or email")
    found = []
    for mail in mails:
        moments = [("request", mail.domain_at)]
        moments += [
            (one.what, one.domain_at)
            for one in book.happenings([mail.id])
            if one.what in _NAMES and one.what != "request"
        ]
        for what, at in moments:
            if given.get("event") in {None, _NAMES[what]}:
                found.append(
                    {
                        "email": mail.email,
                        "date": at.isoformat(timespec="milliseconds"),
                        "subject": mail.subject,
                        "messageId": mail.message_id,
                        "event": _NAMES[what],
                        "tag": mail.tags[0] if mail.tags else "",
                        "from": "",
                    }
                )
    limit, offset = int(given.get("limit", 2500)), int(given.get("offset", 0))
    return {"events": found[offset : offset + limit]}
