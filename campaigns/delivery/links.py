"""The links of one mail: where a slot leads for this message, signed and without a name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from bibmail.tenancy import tokens
from bibmail.tenancy.tokens import Purpose

_SLOT = re.compile(r"\[\[link:(\d+)\]\]")

_KEEP = """
    INSERT INTO campaigns_trackedlink (library_id, mailing_id, url, label, human_clicks_count, machine_clicks_count)
    SELECT (SELECT current_library_id()), %(mailing_id)s, url, label, 0, 0
      FROM unnest(%(urls)s::text[], %(labels)s::text[]) AS wanted (url, label)
        ON CONFLICT (library_id, mailing_id, url) DO NOTHING
"""


def keep(mailing_id: int, targets: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Make sure of a row for each target (url, label); return url → id of the link."""
    labels: dict[str, str] = {}
    for url, label in targets:
        labels.setdefault(url[:1000], label[:200])
    values: dict[str, Any] = {"mailing_id": mailing_id, "urls": list(labels), "labels": list(labels.values())}
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        cursor.execute(
            "SELECT url, id FROM campaigns_trackedlink"
            " WHERE mailing_id = %(mailing_id)s AND url = ANY(%(urls)s)",
            values,
        )
        return dict(cursor.fetchall())


def numbered(template: str, targets: Sequence[tuple[str, str]], ids: Mapping[str, int]) -> str:
    """The template with each [[link:0]] … replaced by the id of its stored link."""
    return _SLOT.sub(lambda found: f"[[link:{ids[targets[int(found[1])][0][:1000]]}]]", template)


def slots(
    templates: Iterable[str], *, library_id: int, public_id: UUID, recipient_id: int | None
) -> dict[str, str]:
    """Every link slot of these templates and the addresses that each mail has, for one message."""
    ids = frozenset[int]().union(*(_links_in(template) for template in templates))
    tracked = {f"link:{link}": _url("l", Purpose.LINK, library_id, public_id, link) for link in ids}
    preferences = (
        tokens.for_contact(Purpose.PREFERENCES, library_id=library_id, contact_id=recipient_id)
        if recipient_id
        else ""
    )
    return tracked | {
        "links.preferences": f"{settings.BASE_URL}/v/{preferences}/",
        "links.unsubscribe": one_click(library_id=library_id, public_id=public_id),
        "links.view_online": _url("m", Purpose.VIEW, library_id, public_id),
        "links.why": _url("w", Purpose.WHY, library_id, public_id),
    }


@lru_cache(maxsize=64)
def _links_in(template: str) -> frozenset[int]:
    """Thousands of mails share one template, so it is read through once."""
    return frozenset(int(found) for found in _SLOT.findall(template))


def one_click(*, library_id: int, public_id: UUID) -> str:
    """The address of the header List-Unsubscribe (RFC 8058)."""
    return _url("u", Purpose.UNSUBSCRIBE, library_id, public_id)


def _url(path: str, purpose: Purpose, library_id: int, public_id: UUID, extra: int = 0) -> str:
    token = tokens.for_message(purpose, library_id=library_id, public_id=public_id, extra=extra)
    return f"{settings.BASE_URL}/{path}/{token}/"
