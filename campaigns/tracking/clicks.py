"""Clicks on our links: a stored target, a row for the verdict, and then a number (decision D9, law L-14 and D-09).

The verdict: a machine is
1. whoever says so: a HEAD, a browser that looks ahead, a scanner by its name, or a program without one;
2. whoever clicks within two seconds after the mail was delivered, or before;
3. whoever opens three different links of one mail within two seconds, or all of them where it has but two.
Everything else is a person. The clicks of one mail are judged together when it has been quiet for ten minutes,
and at the latest after 23 hours, so that no row about a person is a day old. What remains is a number per link;
only who lets us measure clicks gets a moment on the message itself.
"""

from datetime import datetime, timedelta

from bibmail.tenancy.tokens import Token
from campaigns.tracking.queries import clicks as queries

QUIET = timedelta(minutes=10)
MOST = timedelta(hours=23)
WINDOW = timedelta(seconds=2)


def follow(token: Token, *, at: datetime, is_machine: bool) -> str | None:
    """The address that a link leads to, with the click kept; None for a link that is gone. In acting_for."""
    target = queries.follow(public_id=token.subject, link_id=token.extra, at=at, is_machine=is_machine)
    # Targets come from our own content; should one ever be a script, it is no place to send anybody.
    return target if target and target.startswith(("https://", "http://")) else None


def settle(*, at: datetime, limit: int = 2000) -> int:
    """Judge and add up what is due, at most so many mails at once; how many clicks went. Within acting_for."""
    return queries.settle(at=at, quiet=QUIET, most=MOST, window=WINDOW, limit=limit)
