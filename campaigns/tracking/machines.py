"""Requests that are surely nobody reading: they say so themselves."""

import re

from django.http import HttpRequest

# A browser that guesses the next page, or a mail program that shows a small picture of it.
_AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)
_AHEAD_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")

# Mail gateways that follow every link before they let a mail through, crawlers, and plain programs. A Cubot is
# a phone.
_MACHINES = re.compile(
    r"(?<!cu)bot\b|crawl|spider|scan|preview|proxy|monitor|security|barracuda|proofpoint|mimecast|safelink|urldefense"
    r"|trendmicro|fortinet|sophos|forcepoint|symantec|messagelabs|cloudmark|ironport|headless|phantomjs"
    r"|curl/|wget/|python|java/|go-http|okhttp|libwww|httpclient|axios|node-fetch|ruby|php/",
    re.IGNORECASE,
)


def is_machine(request: HttpRequest) -> bool:
    """A HEAD, a look ahead, a name we know, or no name at all: every browser has one."""
    if request.method == "HEAD" or any(_AHEAD.search(request.headers.get(one, "")) for one in _AHEAD_HEADERS):
        return True
    agent = request.headers.get("User-Agent", "")
    return not agent or bool(_MACHINES.search(agent))
