"""The fields and lists that the make-believe libraries made for themselves, before files speak of them."""

from datetime import datetime

from bibmail.sandbox.population.own_matters import (
    PARTNERS,
    PICKUP_HELP,
    READING_GROUP,
    READING_GROUPS,
    VOLUNTEERS,
)
from consent import topics
from consent.models import SignupForm
from consent.signup import form_lists
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


_FORM_SLUG = "blijf-op-de-hoogte"
_FORM_TOPICS = ("newsletter", "events")


def prepare(*, at: datetime) -> None:
    """Make the fields, the lists and the sign-up form of the acting library that are not there yet."""
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
    _prepare_form(at=at)


def _prepare_form(*, at: datetime) -> None:
    """A form for the library's own site; who signs up says whether they want to help, too."""
    offered = [
        offer.topic.code
        for offer in topics.offers(language="nl")
        if offer.is_offered and not offer.is_service
    ]
    form, is_new = SignupForm.objects.get_or_create(
        slug=_FORM_SLUG,
        defaults={
            "name": "Blijf op de hoogte",
            "intro": "Geen lid? Geen probleem. Kies waarover je mails wil, dan hoor je van ons.",
            "thanks": "Tot binnenkort in de bib!",
            "topics": [code for code in _FORM_TOPICS if code in offered] or offered[:1],
            "asks": [SignupForm.Asks.FIRST_NAME, SignupForm.Asks.LAST_NAME, SignupForm.Asks.POSTAL_CODE],
            "visitors_choose_lists": True,
            "created_at": at,
        },
    )
    if is_new:
        form_lists.put(form, ContactList.objects.filter(name__in=[VOLUNTEERS, PARTNERS]))
