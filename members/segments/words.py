"""How fields read: each says in Dutch what it asks, as the end of "wie …"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.segments.fields import Explain

Named = Callable[[], Sequence[tuple[str, str]]]


def compared(label: str | Promise) -> Explain:
    """`aantal uitleningen is minstens 3`."""

    def words(op: str, value: Any) -> str:
        known = {
            "eq": _("%(label)s is %(value)s"),
            "neq": _("%(label)s is niet %(value)s"),
            "lt": _("%(label)s is minder dan %(value)s"),
            "lte": _("%(label)s is hoogstens %(value)s"),
            "gt": _("%(label)s is meer dan %(value)s"),
            "gte": _("%(label)s is minstens %(value)s"),
        }
        said = known.get(op, _("%(label)s is %(value)s"))
        return said % {"label": str(label), "value": listed(value)}

    return words


def age(op: str, value: Any) -> str:
    """`is 18 jaar of ouder`."""
    words = {
        "gte": _("is %(age)s jaar of ouder"),
        "gt": _("is ouder dan %(age)s jaar"),
        "lt": _("is jonger dan %(age)s jaar"),
        "lte": _("is %(age)s jaar of jonger"),
    }
    return words[op] % {"age": value}


def days(more: str | Promise, less: str | Promise) -> Explain:
    """One of two sentences around a number of days."""

    def words(op: str, value: Any) -> str:
        counted = ngettext("%(count)s dag", "%(count)s dagen", value) % {"count": value}
        return str(more if op in {"gte", "gt"} else less) % {"days": counted}

    return words


def by_op(said: Mapping[str, str | Promise]) -> Explain:
    """A sentence for each operator around a number of days."""

    def words(op: str, value: Any) -> str:
        counted = ngettext("%(count)s dag", "%(count)s dagen", value) % {"count": value}
        return str(said[op]) % {"days": counted}

    return words


def whether(yes: str | Promise, no: str | Promise) -> Explain:
    """One of two sentences."""
    return lambda op, value: str(yes if value else no)


def chosen(said: str | Promise) -> Explain:
    """A sentence around what was chosen."""
    return lambda op, value: str(said) % {"value": listed(value)}


def window(said: str | Promise) -> Explain:
    """`leende minstens 3 keer in de laatste 90 dagen`."""

    def words(op: str, value: Any) -> str:
        times = ngettext("%(count)s keer", "%(count)s keer", value["times"]) % {"count": value["times"]}
        counted = ngettext("%(count)s dag", "%(count)s dagen", value["days"]) % {"count": value["days"]}
        how = _("minstens %(times)s") if op == "gte" else _("minder dan %(times)s")
        values = {"doing": str(said), "times": how % {"times": times}, "days": counted}
        return _("%(doing)s %(times)s in de laatste %(days)s") % values

    return words


def listed(value: Any) -> str:
    """`Centrum, Molenwijk`."""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
