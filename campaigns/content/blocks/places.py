"""Where the library is and when it is open; where somebody is helped."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from bibmail.tenancy import hours
from bibmail.tenancy.models import OpeningException
from campaigns.content import fields
from campaigns.content.blocks.basics import paragraphs
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock


def _branch_with_hours(stock: Stock, reader: Reader, options: Options) -> Hashable | None:
    """The reader's branch; the main one where that has no hours."""
    for branch in (stock.branch(reader.branch_id), stock.main_branch):
        if branch and branch.pk in stock.hours:
            return branch.pk
    return None


def _opening_hours(stock: Stock, branch_id: int, options: Options) -> Data:
    branch = stock.branches[branch_id]
    return {
        "title": options.get("title") or _("Kom langs in %(branch)s") % {"branch": fields.plain(branch.name)},
        "days": [
            {"name": fields.capitalised(day.name), "words": day.words, "is_open": day.is_open}
            for day in hours.week(stock.hours[branch_id])
        ],
        "exceptions": [
            fields.plain(fields.capitalised(_exception(one))) for one in stock.exceptions.get(branch_id, ())
        ],
        "address": fields.plain(fields.address(branch)),
    }


def _exception(exception: OpeningException) -> str:
    """zondag 1 november: gesloten (Allerheiligen); so near that the year goes without saying."""
    days = fields.weekday(exception.starts_on)
    if exception.ends_on != exception.starts_on:
        days = _("%(first)s tot en met %(last)s") % {"first": days, "last": fields.weekday(exception.ends_on)}
    open_at = _("gesloten")
    if exception.opens and exception.closes:
        open_at = hours.between(exception.opens, exception.closes)
        if exception.is_self_service:
            open_at = _("%(hours)s zonder personeel") % {"hours": open_at}
    words = f"{days}: {open_at}"
    return f"{words} ({exception.note})" if exception.note else words


def _branch_list(stock: Stock, facets: object, options: Options) -> Data | None:
    if len(stock.branches) < 2:
        return None
    everywhere = bool(options.get("return_anywhere"))
    branches = sorted(stock.branches.values(), key=lambda branch: branch.name)
    return {
        "title": _("Je kan in al onze vestigingen lenen en inleveren")
        if everywhere
        else _("Onze vestigingen"),
        "branches": [
            {"name": fields.plain(branch.name), "address": fields.plain(fields.address(branch))}
            for branch in branches
        ],
    }


def _own_branch(stock: Stock, reader: Reader, options: Options) -> Hashable:
    branch = stock.branch(reader.branch_id)
    return branch.pk if branch else 0


def _digipoint(stock: Stock, branch_id: int, options: Options) -> Data:
    """Where and when; without a Digipunt of its own, a library helps at the desk."""
    found = stock.service("digipunt")
    branch = stock.branches.get(branch_id)
    at_desk = _("aan de balie")
    if branch:
        at_desk = _("aan de balie van %(branch)s") % {"branch": fields.plain(branch.name)}
    return {
        "title": options.get("title") or (fields.plain(found.title) if found else _("We helpen je graag")),
        "place": fields.plain(found.place) if found and found.place else at_desk,
        "hours": fields.plain(found.hours) if found else "",
        "paragraphs": paragraphs(options.get("text", "")),
        "url": found.url if found else "",
        "action": found.action if found else "",
    }


register(
    Block(code="opening_hours", facets=_branch_with_hours, build=_opening_hours),
    Block(code="branch_list", build=_branch_list),
    Block(code="digipoint", facets=_own_branch, build=_digipoint),
)
