"""What consent keeps, for the inventory of the library."""

from django.utils.translation import gettext_lazy as _

from members import inventory
from members.inventory import Item


def register() -> None:
    inventory.register(
        Item(
            label=_("Toestemmingen"),
            purpose=_("Bewijzen wie waarvoor ja zei, met de woorden die er stonden (AVG, artikel 7.1)."),
            sql="SELECT count(*), count(DISTINCT contact_id), max(opened_at), array_agg(DISTINCT source)"
            " FROM consent_consent",
        )
    )
    inventory.register(
        Item(
            label=_("Niet mailen-lijst"),
            purpose=_("Nooit meer mailen wie dat niet wil of niet kan."),
            sql="SELECT count(*), count(DISTINCT contact_id), max(since), array_agg(DISTINCT source)"
            " FROM consent_suppression WHERE lifted_at IS NULL",
        )
    )
