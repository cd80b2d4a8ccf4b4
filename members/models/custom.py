"""A library's own fields of people (S2-08): typed, each with its purpose and its retention."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    def in_use(self) -> "CustomFieldQuerySet":
        return self.filter(is_archived=False)


class CustomField(TenantModel):
    """One thing a library wants to know of people, why, and for how long."""

    class Type(models.TextChoices):
        TEXT = "text", _("Tekst")
        NUMBER = "number", _("Getal")
        DATE = "date", _("Datum")
        YES_NO = "yes_no", _("Ja of nee")
        CHOICE = "choice", _("Keuze uit een lijst")

    code = models.SlugField(_("code"), max_length=40, db_index=False)
    label = models.CharField(_("naam"), max_length=80)
    type = models.CharField(_("soort"), max_length=8, choices=Type.choices)
    choices = models.JSONField(default=list)
    # Why the library keeps it (AVG, article 5.1.b), in a sentence that the person may read.
    purpose = models.CharField(_("doel van het gebruik"), max_length=300)
    keep_months = models.PositiveSmallIntegerField(_("hoeveel maanden bewaren"))
    is_archived = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "code"], name="one_custom_field_per_code"),
            models.CheckConstraint(condition=~models.Q(purpose=""), name="a_custom_field_has_a_purpose"),
            models.CheckConstraint(
                condition=models.Q(keep_months__gte=1, keep_months__lte=120), name="a_custom_field_has_an_end"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class CustomValue(TenantModel):
    """What we know of one person in one field; only the column of the field's type is filled."""

    field = TenantForeignKey(CustomField, models.CASCADE, related_name="values")
    contact = TenantForeignKey(Contact, models.CASCADE, related_name="custom_values")
    # Text and choice; empty for the other types.
    text = models.CharField(max_length=200, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    day = models.DateField(null=True)
    flag = models.BooleanField(null=True)
    source = models.CharField(max_length=40)
    sourced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "field", "contact"], name="one_value_per_custom_field"
            ),
        ]
        indexes = [models.Index(fields=["library", "contact"], name="custom_values_of_contact")]

    def __str__(self) -> str:
        return f"custom value {self.pk}"
