"""The fields and lists that the make-believe libraries made for themselves, before files speak of them."""

from datetime import datetime

from bibmail.sandbox.population.own_matters import (
    PARTNERS,
    PICKUP_HELP,
    READING_GROUP,
    READING_GROUPS,
    VOLUNTEERS,
)
from members import custom_fields
from members.models import ContactList, CustomField

_FIELDS = (
    (READING_GROUP, CustomField.Type.CHOICE, READING_GROUPS, "Weten wie in welke leesgroep zit.", 24),
    (PICKUP_HELP, CustomField.Type.YES_NO, (), "Boeken brengen naar wie niet tot bij ons raakt.", 12),
)
_LISTS = (
    (VOLUNTEERS, ContactList.Kind.COMMUNITY, "Nieuws en vragen voor wie in de bib komt helpen."),
    (PARTNERS, ContactList.Kind.STAKEHOLDERS, "Contact met scholen en verenigingen rond de bib."),
)


def prepare(*, at: datetime) -> None:
    """Make the fields and lists of the acting library that are not there yet."""
    known = set(CustomField.objects.values_list("label", flat=True))
    for label, kind, choices, purpose, keep_months in _FIELDS:
        if label not in known:
            custom_fields.add(
                label=label,
                type=kind,
                choices=choices,
                purpose=purpose,
                keep_months=keep_months,
                by=None,
                at=at,
            )
    for name, list_kind, purpose in _LISTS:
        ContactList.objects.get_or_create(
            name=name, defaults={"kind": list_kind, "purpose": purpose, "created_at": at}
        )
