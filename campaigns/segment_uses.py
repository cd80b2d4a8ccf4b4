"""Which newsletters name a segment, for the page of the segment."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from members.segments import inside, uses
from members.segments.uses import Use


def _newsletters() -> Sequence[Use]:
    found = Campaign.objects.exclude(rule={}).order_by("-pk").values_list("pk", "name", "rule")
    return [
        Use(segment, _("Nieuwsbrief"), name, "newsletter", pk)
        for pk, name, rule in found
        for segment in sorted(inside.named_in(rule))
    ]


def register() -> None:
    """Called from AppConfig.ready()."""
    uses.register(_newsletters)
