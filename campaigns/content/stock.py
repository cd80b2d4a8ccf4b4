"""What the library has to tell: loaded when a block first asks for it, and once for a whole batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import NamedTuple, TypeVar

from django.db.models import Q
from django.utils import timezone

from bibmail import tenancy
from bibmail.tenancy.models import Branch, Library, OpeningException, OpeningHours
from campaigns.content import ages, queries
from campaigns.content.colours import Palette, palette
from campaigns.content.queries import Acquisition
from campaigns.content.services import SERVICES
from campaigns.models import BrandKit, Capability, LibraryEvent, LibraryTexts, Offer
from consent import queries as consent_queries
from consent.models import Subject

EVENT_DAYS = 92
EXCEPTION_DAYS = 14
# What came in the last four months is new.
NEW_DAYS = 122


class Shown(NamedTuple):
    """A service as a mail tells of it."""

    code: str
    title: str
    text: str
    url: str
    action: str
    place: str
    hours: str


class Stock:
    """One library at one moment; at most ten queries, each at its first use."""

    def __init__(
        self, *, at: datetime, brand: BrandKit | None = None, library: Library | None = None
    ) -> None:
        self.at = at
        self._brand = brand
        self._library = library
        self.today: date = timezone.localdate(at)
        self._labels: dict[str, Mapping[tuple[str, str], str]] = {}

    @cached_property
    def library(self) -> Library:
        return self._library or Library.objects.get(pk=tenancy.current_library_id())

    @cached_property
    def _house(self) -> tuple[BrandKit | None, LibraryTexts | None]:
        return queries.house()

    @cached_property
    def brand(self) -> BrandKit:
        return self._brand or self._house[0] or BrandKit()

    @cached_property
    def palette(self) -> Palette:
        return palette(self.brand.colour)

    @cached_property
    def texts(self) -> LibraryTexts:
        return self._house[1] or LibraryTexts()

    @cached_property
    def services(self) -> Mapping[str, tuple[Capability, Offer]]:
        """What this library has, by code, with its own words for it."""
        return {capability.service: (capability, offer) for capability, offer in queries.services()}

    def service(self, code: str) -> Shown | None:
        """A service in the library's own words, else the network's; None where the library does not have it."""
        if code not in self.services:
            return None
        known, (capability, offer) = SERVICES.get(code), self.services[code]
        title = offer.title or (str(known.title) if known else "")
        if not title:
            return None
        return Shown(
            code=code,
            title=title,
            text=offer.text or (str(known.text) if known else ""),
            url=offer.url or capability.url,
            action=str(known.action) if known else title,
            place=offer.place,
            hours=offer.hours,
        )

    # --- Places -------------------------------------------------------------------------------------

    @cached_property
    def branches(self) -> Mapping[int, Branch]:
        """The main branch first: sources number it lowest."""
        return {branch.pk: branch for branch in Branch.objects.order_by("kind", "code", "pk")}

    @cached_property
    def main_branch(self) -> Branch | None:
        return next(iter(self.branches.values()), None)

    def branch(self, branch_id: int | None) -> Branch | None:
        """This branch, or the main one."""
        return self.branches.get(branch_id or 0) or self.main_branch

    @cached_property
    def hours(self) -> Mapping[int, Sequence[OpeningHours]]:
        return _by_branch(OpeningHours.objects.order_by("weekday", "opens", "pk"))

    @cached_property
    def exceptions(self) -> Mapping[int, Sequence[OpeningException]]:
        """Of today and the thirteen days after."""
        last = self.today + timedelta(days=EXCEPTION_DAYS - 1)
        coming = OpeningException.objects.filter(ends_on__gte=self.today, starts_on__lte=last)
        return _by_branch(coming.order_by("starts_on", "opens", "pk"))

    # --- What there is to do and to read -------------------------------------------------------------

    @cached_property
    def events(self) -> Sequence[LibraryEvent]:
        """Those to come that have room, the first first."""
        coming = LibraryEvent.objects.coming(at=self.at).filter(
            Q(starts_at__lt=self.at + timedelta(days=EVENT_DAYS)), status=LibraryEvent.Status.AVAILABLE
        )
        return list(coming.order_by("starts_at", "pk"))

    @cached_property
    def acquisitions(self) -> Sequence[Acquisition]:
        """The newest first, a title once for each branch."""
        return queries.acquisitions(since=self.today - timedelta(days=NEW_DAYS), until=self.today)

    @cached_property
    def tips(self) -> Sequence[Acquisition]:
        """Titles of every genre, the newest first."""
        return queries.tips(until=self.today)

    def newest(self, group: str, *, branch_id: int | None, most: int) -> list[Acquisition]:
        """New titles for an age group: of this branch, and filled up from the others."""
        fitting = [one for one in self.acquisitions if group in ages.groups_of_label(one.age_label)]
        # A stable sort: of what is only for this age, then of this branch, the newest stay first.
        fitting.sort(key=lambda one: (len(ages.groups_of_label(one.age_label)), one.branch_id != branch_id))
        return once(fitting, most)

    def label(self, subject: Subject, code: str, language: str) -> str:
        """What a topic or a data use is called here, in this language; empty where there is none."""
        if language not in self._labels:
            known = consent_queries.subjects(language=language)
            self._labels[language] = {(one.subject, one.code): one.label for one in known}
        return self._labels[language].get((subject, code), "")


def once(found: Sequence[Acquisition], most: int) -> list[Acquisition]:
    """Each name once: editions of one book are one tip."""
    kept: dict[str, Acquisition] = {}
    for one in found:
        kept.setdefault(one.name.lower(), one)
        if len(kept) == most:
            break
    return list(kept.values())


_Row = TypeVar("_Row", OpeningHours, OpeningException)


def _by_branch(rows: Iterable[_Row]) -> Mapping[int, Sequence[_Row]]:
    found: dict[int, list[_Row]] = {}
    for row in rows:
        found.setdefault(row.branch_id, []).append(row)
    return found
