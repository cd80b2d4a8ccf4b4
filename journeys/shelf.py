"""The list of all recipes: those that run with their figures, the others with what they would do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from journeys import adopted, readiness, recipes
from journeys.board import Board, Labels
from journeys.models import Journey
from journeys.queries.overview import Standing
from journeys.readiness import Need
from journeys.recipes import Recipe


@dataclass(frozen=True)
class Card:
    """One recipe; `standing` where the library adopted it."""

    recipe: Recipe
    standing: Standing | None
    # For whom it is, and what the library lacks; said of recipes that are off.
    whom: Sequence[str]
    needs: Sequence[Need]

    @property
    def is_live(self) -> bool:
        return self.standing is not None and self.standing.state == Journey.State.LIVE

    @property
    def is_paused(self) -> bool:
        return self.standing is not None and self.standing.state == Journey.State.PAUSED

    @property
    def is_off(self) -> bool:
        return not self.is_live and not self.is_paused


@dataclass(frozen=True)
class Shelf:
    """All of them, and their figures together."""

    cards: Sequence[Card]

    @property
    def running(self) -> list[Card]:
        return [card for card in self.cards if not card.is_off]

    @property
    def ready(self) -> list[Card]:
        return [card for card in self.cards if card.is_off]

    @property
    def live_count(self) -> int:
        return sum(card.is_live for card in self.cards)

    @property
    def paused_count(self) -> int:
        return sum(card.is_paused for card in self.cards)

    @property
    def inside_count(self) -> int:
        return sum(card.standing.inside_count for card in self.cards if card.standing)

    @property
    def mails_count(self) -> int:
        return sum(card.standing.mails_count for card in self.cards if card.standing)


def cards(
    standings: Mapping[str, Standing], services: Collection[str], labels: Labels, *, at: datetime
) -> list[Card]:
    return [
        _card(recipe, standings.get(recipe["code"]), services, labels, at=at)
        for recipe in recipes.everything()
    ]


def _card(
    recipe: Recipe, standing: Standing | None, services: Collection[str], labels: Labels, *, at: datetime
) -> Card:
    if standing and standing.state != Journey.State.OFF:
        return Card(recipe, standing, (), ())
    definition = adopted.with_settings(recipe, recipes.defaults(recipe))
    exams = readiness.next_exams(definition, at=at)
    return Card(
        recipe,
        standing,
        Board(definition, labels, library_name="").whom,
        readiness.needs(definition, services, exams),
    )
