"""Who sends it, why, and how it stops; and in a first mail where the data come from (AVG, article 14)."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from campaigns.content import fields
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock
from consent.models import MessageClass


def of_class(message_class: str) -> str:
    """Every mail has a footer; marketing and research can be stopped in one click."""
    return "footer_service" if message_class == MessageClass.SERVICE else "footer_marketing"


def _first(stock: Stock, reader: Reader, options: Options) -> Hashable:
    return reader.is_first_mail


def _footer(may_stop: bool, is_first: bool, stock: Stock, options: Options) -> Data:
    texts, main = stock.texts, stock.main_branch
    name = fields.plain(stock.library.name)
    address = fields.address(main) if main else ""
    return {
        "reason": options.get("reason")
        or _("Je krijgt deze mail omdat je lid bent van %(name)s of er mails van vroeg.") % {"name": name},
        "sender": ", ".join(part for part in (name, fields.plain(address)) if part),
        "contact": " · ".join(part for part in (texts.phone, texts.email or stock.brand.reply_to) if part),
        "privacy_url": texts.privacy_url,
        "may_stop": may_stop,
        "is_first": is_first,
        "name": name,
        "controller": fields.plain(texts.controller) or name,
        "privacy_contact": fields.plain(texts.privacy_contact),
    }


def _service(stock: Stock, facets: bool, options: Options) -> Data:
    return _footer(False, facets, stock, options)


def _marketing(stock: Stock, facets: bool, options: Options) -> Data:
    return _footer(True, facets, stock, options)


register(
    Block(code="footer_service", facets=_first, build=_service, template="footer", counts=False),
    Block(code="footer_marketing", facets=_first, build=_marketing, template="footer", counts=False),
)
