from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class Household(TenantModel):
    """A Mijn Bibliotheek profile and the memberships linked to it (gezin)."""

    profile_id = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "profile_id"], name="one_household_per_profile"),
        ]

    def __str__(self) -> str:
        return f"household {self.pk}"


class HouseholdMember(TenantModel):
    """One person in a household; a child of divorced parents may be in two."""

    class Role(models.TextChoices):
        ADULT = "adult", _("Volwassene")
        CHILD = "child", _("Kind")

    household = TenantForeignKey(Household, models.CASCADE, related_name="members")
    contact = TenantForeignKey(Contact, models.CASCADE, related_name="household_links")
    role = models.CharField(_("rol in het gezin"), max_length=8, choices=Role.choices)
    # Whose profile it is; the others are linked to it.
    is_self = models.BooleanField(default=False)
    linked_on = models.DateField(_("gekoppeld op"), null=True)
    unlinked_on = models.DateField(_("losgekoppeld op"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "household", "contact"], name="once_in_each_household"
            ),
        ]
        indexes = [models.Index(fields=["library", "contact"], name="household_of_contact")]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.contact_id}"
