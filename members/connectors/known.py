"""Which numbers belong to people of this library: a shared source tells of others too, and those stay out."""

from collections.abc import Iterable

from bibmail.tenancy import acting_for
from members.models import Contact, Membership


def members(numbers: Iterable[str], *, library_id: int) -> set[str]:
    """Those of the numbers that are a member's number or card here."""
    wanted = list({number for number in numbers if number})
    with acting_for(library_id):
        own = Contact.objects.filter(external_id__in=wanted).values_list("external_id", flat=True)
        cards = Membership.objects.filter(card_number__in=wanted).values_list("card_number", flat=True)
        return {str(number) for number in (*own, *cards)}
