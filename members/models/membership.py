from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import Branch, TenantForeignKey, TenantModel
from members.models.contact import Contact
from members.models.sourced import Sourced


class Membership(TenantModel, Sourced):
    """A contact's membership (lidmaatschap) of this library."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="memberships")
    card_number = models.CharField(_("lidkaartnummer"), max_length=40, blank=True)
    membership_type = models.CharField(_("type lidmaatschap"), max_length=60, blank=True)
    # Hints at income: shown to nobody, no field of a segment (law L-09). It only keeps the type truthful.
    is_reduced_fare = models.BooleanField(default=False)
    home_branch = TenantForeignKey(
        Branch, models.SET_NULL, null=True, related_name="memberships", verbose_name=_("vestiging")
    )
    enrolled_on = models.DateField(_("lid sinds"), null=True)
    renewed_on = models.DateField(_("verlengd op"), null=True)
    expires_on = models.DateField(_("vervaldatum"), null=True)
    status = models.CharField(_("stand"), max_length=40, blank=True)
    ended_because = models.CharField(_("reden van uitschrijving"), max_length=60, blank=True)
    has_internet_block = models.BooleanField(_("internetblokkade"), default=False)
    keeps_loan_history = models.BooleanField(_("houdt leenhistoriek bij"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "contact"], name="one_membership_per_contact"),
        ]
        indexes = [
            models.Index(fields=["library", "card_number"], name="membership_by_card"),
            models.Index(fields=["library", "expires_on"], name="membership_by_expiry"),
            models.Index(fields=["library", "-enrolled_on", "-id"], name="membership_newest_first"),
        ]

    def __str__(self) -> str:
        return self.membership_type or f"membership {self.pk}"

    def is_valid(self, on: date) -> bool:
        """Valid on this day (geldig abonnement); says nothing about borrowing."""
        return self.expires_on is not None and self.expires_on >= on

    @property
    def masked_card_number(self) -> str:
        return f"••••{self.card_number[-4:]}" if self.card_number else ""

    @property
    def public_type(self) -> str:
        """The type as staff may see it: the reduced fare does not show."""
        return "" if self.is_reduced_fare else self.membership_type
