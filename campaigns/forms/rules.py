"""Which fields a newsletter's own rules can ask about; the forms are those of segments."""

from members.segments import fields
from members.segments.fields import Field

# The first set, in the order in which the page offers it.
_OFFERED = (
    "segment",
    "age",
    "branch",
    "membership_valid",
    "last_active",
    "member_since",
    "postal_code",
    "language",
    "relation",
    "on_list",
    "funnel_stage",
    "wants_topic",
    "interest",
    "child_age",
    "loans_count",
    "ebook_loans_count",
    "seat_reservations_count",
)


def rule_fields() -> list[Field]:
    """The fields that a newsletter's rule can ask about."""
    return [fields.get(code) for code in _OFFERED]


def has_rule_form(code: str) -> bool:
    return code in _OFFERED
