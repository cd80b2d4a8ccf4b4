"""What a rule can ask of a person: each field with its Dutch words, its SQL, and the data use it needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Literal

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# What kind of value an answer takes; the builder has one form for each.
Kind = Literal[
    "number",
    "days_ago",
    "days_ahead",
    "birthday",
    "age",
    "ages",
    "yes_no",
    "choice",
    "one",
    "code",
    "text",
    "window",
    "own_text",
    "own_number",
    "own_day",
]
Choices = Sequence[tuple[str, str]]


class Group(Enum):
    """Where the builder lists a field."""

    PERSON = gettext_lazy("Wie het is")
    MEMBERSHIP = gettext_lazy("Lidmaatschap")
    DOING = gettext_lazy("Wat iemand deed")
    HOME = gettext_lazy("Gezin")
    CONSENT = gettext_lazy("Wat iemand koos")
    MAIL = gettext_lazy("Mails van de bib")
    SEGMENT = gettext_lazy("Andere doelgroep")


_SIGNS: Mapping[str, str] = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class UnknownField(Exception):
    """No app has registered a field of this name."""


class UnfitValue(Exception):
    """This operator or value does not go with the field."""


class Params:
    """Named parameters of one statement; `today` and `at` are always there."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.today = timezone.localdate(at)
        self.values: dict[str, Any] = {"at": at, "today": self.today}
        # The segments of the library, once a rule named one (`inside`).
        self.segments: Mapping[int, tuple[str, Any]] | None = None
        # Where the codes of the data uses lie that the person c lets be made: an array the statement has joined.
        self.uses: str | None = None

    def add(self, value: Any) -> str:
        """Keep a value and return its placeholder."""
        name = f"r{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


Compile = Callable[[str, Any, Params], str]
Explain = Callable[[str, Any], str]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that can be asked. `sql` may use the aliases c, m and s, and those its owner adds."""

    code: str
    label: str | Promise
    kind: Kind
    operators: tuple[str, ...]
    sql: Compile
    words: Explain
    # Without it the answer is unknown, so neither a rule nor its opposite selects the person (invariant 6).
    data_use: str | None = None
    # Only where a person is on a journey, or only about the library: not for the builder of segments.
    is_for_segments: bool = True
    group: Group = Group.PERSON
    # SQL for the value that decided, for the explanation of one person.
    shows: Compile | None = None
    # What can be chosen, as code and name; asked when the builder opens the field or reads it out.
    choices: Callable[[], Choices] | None = None
    # The largest number that makes sense.
    most: int = 10_000


_fields: dict[str, Field] = {}


@dataclass(frozen=True)
class _Gate:
    """How SQL asks which data a person lets be used."""

    one: str
    all: str


# Consent stands above and fills it in.
_gates: list[_Gate] = []


def register(field: Field) -> None:
    """Called from AppConfig.ready() of the app that owns the columns."""
    _fields[field.code] = field


def register_data_use_gate(one: str, *, all_of_everybody: str) -> None:
    """How to ask at %(at)s: `one` with {code} of the person c; the other gives each contact_id with its `uses`."""
    _gates[:] = [_Gate(one, all_of_everybody)]


def join_uses(params: Params) -> str:
    """A join for a statement over all people, after which a question of a data use is no look-up per person.

    Ten gated questions in one pass cost one reading of the consents in force instead of ten look-ups per person.
    """
    params.uses = "u.uses"
    return f"LEFT JOIN ({_gates[0].all}) AS u ON u.contact_id = c.id"


def get(code: str) -> Field:
    """The field of this code; raises UnknownField."""
    try:
        return _fields[code]
    except KeyError:
        raise UnknownField(code) from None


def for_segments() -> list[Field]:
    """What the builder offers, in order of registration."""
    return [field for field in _fields.values() if field.is_for_segments]


def gated(field: Field, condition: str, params: Params) -> str:
    """The condition, unknown (NULL) for who did not grant the data use of the field."""
    if field.data_use is None:
        return condition
    return f"CASE WHEN {granted(field.data_use, params)} THEN {condition} END"


def granted(data_use: str, params: Params) -> str:
    """Whether the person c lets this data use be made at %(at)s, as SQL that is never NULL."""
    code = params.add(data_use)
    if params.uses:
        return f"coalesce({code} = ANY({params.uses}), false)"
    return _gates[0].one.format(code=code)


def sign(op: str) -> str:
    """The SQL sign of a comparison; raises UnfitValue."""
    try:
        return _SIGNS[op]
    except KeyError:
        raise UnfitValue(op) from None


def number(value: Any) -> int:
    """The value as a whole number; raises UnfitValue."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise UnfitValue(repr(value))
    return value
