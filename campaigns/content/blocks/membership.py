"""About the membership itself: card and profile, how much and how long, renewing."""

from collections.abc import Hashable

from campaigns.content import fields
from campaigns.content.blocks.basics import paragraphs
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.readers import Reader
from campaigns.content.stock import Stock


def _card(stock: Stock, reader: Reader, options: Options) -> Hashable:
    # A mail about two children at once shows the number of neither.
    is_about_one = int(reader.facts.get("children_count") or 1) < 2
    return (bool(reader.card_number) and not reader.is_youth and is_about_one, reader.is_about_another)


def _my_library(stock: Stock, facets: tuple[bool, bool], options: Options) -> Data:
    has_card, is_about_child = facets
    return {
        "has_card": has_card,
        "is_about_child": is_about_child,
        # The library system's own welcome already told how to register.
        "skip_registration": bool(options.get("skip_registration")),
        "url": stock.texts.my_library_url,
    }


def _lines(text: str) -> list[str]:
    return [fields.plain(line) for line in paragraphs(text.replace("\r\n", "\n"))]


def _loan_rules(stock: Stock, facets: object, options: Options) -> Data | None:
    lines = _lines(stock.texts.loan_rules)
    return {"title": options.get("title", ""), "paragraphs": lines} if lines else None


def _blocked(stock: Stock, reader: Reader, options: Options) -> Hashable | None:
    return True if reader.has_internet_block else None


def _internet_block_note(stock: Stock, facets: object, options: Options) -> Data:
    return {"text": options.get("text", "")}


def _membership_options(stock: Stock, facets: object, options: Options) -> Data | None:
    lines = _lines(stock.texts.membership_options)
    shown = {
        "title": options.get("title", ""),
        "paragraphs": lines,
        "url": stock.texts.my_library_url,
    }
    return shown if lines else None


def _reduced_fare(stock: Stock, facets: object, options: Options) -> Data | None:
    """The same words for everyone: who pays the reduced fare cannot be told from them."""
    lines = _lines(stock.texts.reduced_fare)
    return {"paragraphs": lines, "url": stock.texts.reduced_fare_url} if lines else None


register(
    Block(code="my_library", facets=_card, build=_my_library),
    Block(code="loan_rules", build=_loan_rules),
    Block(code="internet_block_note", facets=_blocked, build=_internet_block_note),
    Block(code="membership_options", build=_membership_options),
    Block(code="reduced_fare_neutral", build=_reduced_fare, counts=False),
)
