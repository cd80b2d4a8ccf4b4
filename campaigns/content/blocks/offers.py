"""Services: those at home, those in the building, and how to read a first e-book."""

from collections.abc import Hashable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from campaigns.content import ages, fields
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import CHILDREN, Reader
from campaigns.content.services import DIGITAL, SERVICES
from campaigns.content.stock import Shown, Stock


def told(service: Shown) -> dict[str, Any]:
    """What the templates show of it; a link without target is left out there."""
    where = " · ".join(part for part in (service.place, service.hours) if part)
    return {
        "title": fields.plain(service.title),
        "text": fields.plain(service.text),
        "where": fields.plain(where),
        "url": service.url,
        "action": fields.plain(service.action),
    }


def _listed(stock: Stock, codes: Iterable[str], options: Options, title: str) -> Data | None:
    found = [told(service) for service in map(stock.service, codes) if service]
    if not found:
        return None
    heading = options.get("title") or title
    if not heading:
        # A service that has the block to itself: its name is the heading and its link the button.
        heading = found[0]["title"]
        found[0] |= {"title": "", "is_alone": True}
    return {"title": heading, "text": options.get("text", ""), "services": found}


def _group_and_children(stock: Stock, reader: Reader, options: Options) -> Hashable:
    """Whom it is about, and whether there are children: linked ones only where the parent lets us know."""
    has_children = reader.is_about_another or bool(reader.allows(CHILDREN) and reader.children_ages)
    return (ages.group(reader.contact_age), has_children)


def _digital_services(stock: Stock, facets: tuple[str, bool], options: Options) -> Data | None:
    group, has_children = facets

    def fits(code: str) -> bool:
        service = SERVICES[code]
        if group == ages.CHILD:
            return service.is_for_children
        if service.is_for_children:
            return has_children and group == ages.ADULT
        return group == ages.ADULT or service.min_age <= ages.YOUTH_MAIL[0]

    return _listed(stock, filter(fits, DIGITAL), options, _("Thuis lezen, kijken en leren"))


def _group(stock: Stock, reader: Reader, options: Options) -> Hashable:
    return ages.group(reader.contact_age)


def _offer(stock: Stock, group: str, options: Options) -> Data | None:
    """One service, or a list of them, that the library has and that suits this age."""
    asked = options.get("services") or [options.get("service", "")]
    oldest = ages.YEARS[group][1]
    fitting = [code for code in asked if code not in SERVICES or SERVICES[code].min_age < max(oldest, 14)]
    return _listed(stock, fitting, options, "")


def _ebook_intro(stock: Stock, facets: object, options: Options) -> Data | None:
    service = stock.service("ebooks")
    if service is None:
        return None
    return {
        "name": fields.plain(stock.library.name),
        "loans": int(options.get("loans") or 2),
        "weeks": int(options.get("weeks") or 6),
        "url": service.url,
        "action": _("Bekijk de e-boeken"),
    }


register(
    Block(code="digital_services", facets=_group_and_children, build=_digital_services, template="services",
          is_promotion=True),
    Block(code="offer", facets=_group, build=_offer, template="services", is_promotion=True),
    Block(code="ebook_intro", build=_ebook_intro, is_promotion=True),
)  # fmt: skip
