"""The ready-made journeys: data files with their flow, and beside them (mails/) their texts.

A recipe names settings; `resolved` fills in what a library chose, so that a version holds no open questions:
"$key" becomes the value, "$!key" its opposite, {$if, then, else} one of two, and a step whose `when` is false
is left out.
"""

import copy
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent

Recipe = dict[str, Any]

ORDER = ("welcome", "ebook_looked_not_borrowed", "reading_with_children", "after_exams", "missed_you")


class UnknownRecipe(Exception):
    """There is no recipe of this code."""


class UnfitSetting(Exception):
    """A setting that the recipe does not know, or a value that does not go with it."""


@lru_cache
def get(code: str) -> Recipe:
    """A recipe with its mails, as written; raises UnknownRecipe. Not to be changed by who gets it."""
    if code not in ORDER:
        raise UnknownRecipe(code)
    recipe: Recipe = yaml.safe_load((_FOLDER / f"{code}.yaml").read_text("utf-8"))
    recipe["mails"] = yaml.safe_load((_FOLDER / "mails" / f"{code}.yaml").read_text("utf-8"))
    return recipe


def everything() -> list[Recipe]:
    return [get(code) for code in ORDER]


def defaults(recipe: Recipe) -> dict[str, Any]:
    """The settings of a library that changed none."""
    return {setting["key"]: setting["default"] for setting in recipe["settings"]}


def checked(recipe: Recipe, chosen: dict[str, Any]) -> dict[str, Any]:
    """All settings, chosen ones over the defaults; raises UnfitSetting."""
    known = {setting["key"]: setting for setting in recipe["settings"]}
    for key, value in chosen.items():
        if key not in known:
            raise UnfitSetting(key)
        kind = known[key]["type"]
        fits = {
            "yes_no": isinstance(value, bool),
            "number": isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 120,
            "choice": value in known[key].get("choices", ()),
        }
        if not fits[kind]:
            raise UnfitSetting(key)
    return defaults(recipe) | chosen


def resolved(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """The recipe with every setting filled in: what a version keeps."""
    definition: Recipe = _filled(copy.deepcopy(recipe), settings)
    definition["steps"] = [step for step in definition["steps"] if step.pop("when", True)]
    for mail in definition["mails"].values():
        mail["blocks"] = [block for block in mail["blocks"] if block.pop("when", True)]
    return definition


def _filled(part: Any, settings: dict[str, Any]) -> Any:
    match part:
        case {"$if": condition, "then": then, "else": other}:
            return _filled(then if _filled(condition, settings) else other, settings)
        case dict():
            return {key: _filled(value, settings) for key, value in part.items()}
        case list():
            return [_filled(value, settings) for value in part]
        case str() if part.startswith("$!") and part[2:] in settings:
            return not settings[part[2:]]
        case str() if part.startswith("$") and part[1:] in settings:
            return settings[part[1:]]
    return part
