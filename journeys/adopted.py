"""A recipe as this library has it: switched on in some version, or as it would be."""

from dataclasses import dataclass
from typing import Any

from journeys import definition as definitions
from journeys import recipes
from journeys.definition import Definition
from journeys.models import Journey
from journeys.recipes import Recipe


@dataclass(frozen=True)
class Adopted:
    """One recipe, the library's journey of it where there is one, and what it does."""

    recipe: Recipe
    journey: Journey | None
    definition: Definition
    # The library's choices over the recipe's defaults.
    settings: dict[str, Any]

    @property
    def code(self) -> str:
        return str(self.recipe["code"])

    @property
    def label(self) -> str:
        return str(self.recipe["label"])

    @property
    def is_live(self) -> bool:
        return self.journey is not None and self.journey.state == Journey.State.LIVE

    @property
    def is_paused(self) -> bool:
        return self.journey is not None and self.journey.state == Journey.State.PAUSED

    @property
    def is_off(self) -> bool:
        return not self.is_live and not self.is_paused

    @property
    def was_on(self) -> bool:
        """There may be figures."""
        return self.journey is not None and self.journey.activated_at is not None


def get(code: str) -> Adopted:
    """Raises UnknownRecipe; one query."""
    recipe = recipes.get(code)
    journey = Journey.objects.filter(code=code).select_related("version").first()
    return of(recipe, journey)


def of(recipe: Recipe, journey: Journey | None) -> Adopted:
    settings = _settings(recipe, journey)
    if journey and journey.version and journey.state != Journey.State.OFF:
        # What runs is what was published, whatever the recipe has become since.
        return Adopted(recipe, journey, definitions.read(journey.version.definition), settings)
    return Adopted(recipe, journey, with_settings(recipe, settings), settings)


def with_settings(recipe: Recipe, settings: dict[str, Any]) -> Definition:
    """What the recipe would do with these choices."""
    return definitions.read(recipes.resolved(recipe, settings))


def _settings(recipe: Recipe, journey: Journey | None) -> dict[str, Any]:
    """A choice that the recipe no longer knows is left out."""
    defaults = recipes.defaults(recipe)
    chosen = journey.settings if journey else {}
    return defaults | {key: value for key, value in chosen.items() if key in defaults}
