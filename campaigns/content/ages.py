"""Ages as titles, activities and recipes name them: one small set of groups for all."""

import re
from datetime import date

from django.utils.translation import gettext as _

CHILD, YOUTH, ADULT = "child", "youth", "adult"
GROUPS = (CHILD, YOUTH, ADULT)
# From … to …, both in it.
YEARS = {CHILD: (0, 11), YOUTH: (12, 17), ADULT: (18, 120)}
YOUTH_MAIL = range(13, 18)

_FIRST_NUMBER = re.compile(r"\d+")


def whole_years(born: date | None, today: date) -> int | None:
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def group(age: int | None) -> str:
    """Who is of unknown age is shown what adults see."""
    if age is None or age >= 18:
        return ADULT
    return CHILD if age < 12 else YOUTH


def groups_of_label(label: str) -> frozenset[str]:
    """Whom a title is for, by its label: "vanaf 6-8 jaar", "vanaf 15 jaar"; without an age for adults."""
    found = _FIRST_NUMBER.search(label)
    if found is None:
        return frozenset({ADULT})
    start = int(found[0])
    if start < 12:
        return frozenset({CHILD})
    return frozenset({YOUTH}) if start < 15 else frozenset({YOUTH, ADULT})


def suits(
    min_age: int | None, max_age: int | None, years: tuple[int, int], *, only_if_said: bool = False
) -> bool:
    """Whether an activity for these ages is for somebody in these years.

    An activity that names no age is for adults: parents look for one that says it is for children.
    """
    if min_age is None and max_age is None:
        return years[1] >= 16 and not only_if_said
    if max_age is None and years[1] < 12:
        return min_age is not None and min_age <= years[1]
    return (min_age or 0) <= years[1] and (120 if max_age is None else max_age) >= years[0]


def words(min_age: int | None, max_age: int | None) -> str:
    """3 tot en met 6 jaar, vanaf 16 jaar; empty when everyone may come."""
    if min_age and max_age:
        return _("%(first)s tot en met %(last)s jaar") % {"first": min_age, "last": max_age}
    if min_age:
        return _("vanaf %(first)s jaar") % {"first": min_age}
    return _("tot en met %(last)s jaar") % {"last": max_age} if max_age else ""
