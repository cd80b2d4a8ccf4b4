"""Titles: new ones, e-books, and tips from what somebody read."""

from collections.abc import Hashable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from campaigns.content import ages, fields, genres
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.queries import Acquisition
from campaigns.content.readers import HISTORY, Reader
from campaigns.content.stock import Stock, once

_EBOOK = frozenset({"e-boek", "eboek", "ebook", "e-book"})
_READ = frozenset({"boek", "strip", ""})


def _told(title: Acquisition) -> dict[str, str]:
    """`Peeters, Lou` is how a catalogue sorts; people say it the other way round."""
    last, _comma, first = title.author.partition(", ")
    return {
        "name": fields.plain(title.name),
        "author": fields.plain(f"{first} {last}".strip()),
        "material": "" if title.material in _READ else fields.plain(title.material),
    }


def _shown(titles: Iterable[Acquisition], options: Options, heading: str = "", **more: Any) -> Data | None:
    """The titles under the heading the mail gives them, or else under `heading`; None where there are none."""
    told = [_told(title) for title in titles]
    return (
        {"title": options.get("title") or heading, "text": options.get("text", ""), "titles": told, **more}
        if told
        else None
    )


def _most(options: Options) -> int:
    return int(options.get("max") or 6)


# --- New -------------------------------------------------------------------------------------------


def _age_and_branch(stock: Stock, reader: Reader, options: Options) -> Hashable:
    wanted = options.get("age_group", "reader")
    group = ages.group(reader.contact_age) if wanted == "reader" else wanted
    branch = stock.branch(reader.branch_id)
    return (group, branch.pk if branch else None)


def _new_acquisitions(stock: Stock, facets: tuple[str, int | None], options: Options) -> Data | None:
    group, branch_id = facets
    titles = stock.newest(group, branch_id=branch_id, most=_most(options))
    return _shown(
        titles, options, _("Nieuw in de bib"), url=stock.texts.catalogue_url,
        action=_("Zoek verder in de catalogus"),
    )  # fmt: skip


# --- E-books ---------------------------------------------------------------------------------------


def _ebook_picks(stock: Stock, facets: object, options: Options) -> Data | None:
    """E-books that stand in the catalogue; a library that does not load them shows none."""
    only_fiction = bool(options.get("fiction"))
    fitting = [
        one
        for one in stock.tips
        if one.material.lower() in _EBOOK
        and not genres.is_sensitive(one.genre)
        and (not only_fiction or one.genre.lower() in genres.FICTION)
    ]
    service = stock.service("ebooks")
    return _shown(
        once(fitting, _most(options)), options, url=service.url if service else "",
        action=_("Bekijk alle e-boeken"),
    )  # fmt: skip


# --- Tips ------------------------------------------------------------------------------------------


def _for_adults(stock: Stock) -> list[Acquisition]:
    return [
        one
        for one in stock.tips
        if ages.ADULT in ages.groups_of_label(one.age_label)
        and one.material.lower() in _READ
        and one.genre
        and not genres.is_sensitive(one.genre)
    ]


def _history_or_general(stock: Stock, reader: Reader, options: Options) -> Hashable:
    """The genre a reader liked most and new titles in it; nothing of a reader who did not allow that."""
    if options.get("mode") == "history" and reader.allows(HISTORY):
        for genre in reader.favourite_genres:
            fresh = [
                one
                for one in _for_adults(stock)
                if one.genre == genre and one.title_id not in reader.borrowed
            ]
            titles = once(fresh, _most(options))
            if titles:
                return (genre, tuple(one.title_id for one in titles))
    return ("", ())


def _reading_tips(stock: Stock, facets: tuple[str, tuple[int, ...]], options: Options) -> Data | None:
    genre, chosen = facets
    fitting = _for_adults(stock)
    if genre:
        by_id = {one.title_id: one for one in fitting}
        titles = [by_id[title_id] for title_id in chosen]
        reason = _("Omdat je graag %(genre)s las, kozen we deze titels:") % {
            "genre": fields.plain(genres.words(genre))
        }
    else:
        titles = once([one for one in fitting if one.genre.lower() in genres.FICTION], _most(options))
        reason = _("Deze boeken kwamen er onlangs bij:")
    return _shown(
        titles, options, _("Leestips"), text=reason, url=stock.texts.catalogue_url,
        action=_("Zoek verder in de catalogus"),
    )  # fmt: skip


register(
    Block(code="new_acquisitions", facets=_age_and_branch, build=_new_acquisitions, template="titles",
          is_promotion=True),
    Block(code="ebook_picks", build=_ebook_picks, template="titles", is_promotion=True),
    Block(code="reading_tips", facets=_history_or_general, build=_reading_tips, template="titles",
          is_promotion=True),
)  # fmt: skip
