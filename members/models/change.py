from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class ContactChange(TenantModel):
    """News about a person that a journey may have to hear of (decision D13): gone once it is heard.

    A row, not a call: what stands above reads it when it is its turn.
    """

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "contact"], name="one_piece_of_news_per_contact"),
        ]

    def __str__(self) -> str:
        return f"news of {self.contact_id}"


class Interest(TenantModel):
    """What a person said of themselves ("Ik kom studeren"), until they take it back."""

    class Code(models.TextChoices):
        STUDYING = "studying", _("Ik kom studeren in de bib")

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="interests")
    code = models.CharField(max_length=20, choices=Code.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    source = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact", "code"],
                condition=models.Q(until__isnull=True),
                name="one_open_interest_per_code",
            ),
        ]
        indexes = [models.Index(fields=["library", "code", "contact"], name="interests_by_code")]

    def __str__(self) -> str:
        return self.code
