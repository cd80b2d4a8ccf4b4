"""A segment's figures as CSV: counts by age and by branch, never persons."""

import csv
import io
from datetime import datetime

from django.utils.translation import gettext as _

from members.segments import people
from members.segments.rules import Rule

# A group so small could be somebody.
_LEAST = 5


def written(rule: Rule, *, at: datetime) -> str:
    """The lines with their head, for a spreadsheet; raises UnfitRule."""
    split = people.split(rule, at=at)
    total = sum(count for _band, count in split.ages)
    lines = [(_("Iedereen"), "", total)]
    lines += [(_("Leeftijd"), "" if band is None else f"{band * 10}+", count) for band, count in split.ages]
    lines += [(_("Vestiging"), name, count) for name, count in split.branches]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("verdeling"), _("groep"), _("mensen")])
    for kind, name, count in lines:
        writer.writerow([kind, _safe(name), count if count >= _LEAST or count == 0 else _("minder dan 5")])
    return out.getvalue()


def _safe(name: str) -> str:
    """A spreadsheet takes such a beginning for a formula."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@")) else name
