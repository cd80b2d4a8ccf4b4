"""What others say of people and places: segment codes from outside, and how many came by."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import Branch, TenantForeignKey, TenantModel
from members.models.contact import Contact


class ExternalSegmentCode(TenantModel):
    """A code of somebody else's classification (an area, a target group), in words."""

    scheme = models.CharField(_("indeling"), max_length=40)
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("naam"), max_length=120, blank=True)

    class Meta:
        ordering = ["scheme", "code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "scheme", "code"], name="one_label_per_external_code"),
        ]

    def __str__(self) -> str:
        return self.label or self.code


class ExternalSegment(TenantModel):
    """In which class of a classification a person falls; one class a classification."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="external_segments")
    scheme = models.CharField(max_length=40)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact", "scheme"], name="one_external_code_per_scheme"
            ),
        ]
        indexes = [models.Index(fields=["library", "scheme", "code", "contact"], name="people_of_code")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.code}"


class DailyVisits(TenantModel):
    """How many people came in, of whom nothing is known: per branch and day, or per hour of it."""

    class Method(models.TextChoices):
        COUNTED = "counted", _("Geteld")
        ESTIMATED = "estimated", _("Geraamd")

    # The hour of a figure about the whole day; NULL would be no key.
    ALL_DAY = -1

    branch = TenantForeignKey(Branch, models.CASCADE, related_name="+")
    day = models.DateField(_("dag"))
    hour = models.SmallIntegerField(default=ALL_DAY)
    visits_count = models.PositiveIntegerField(_("bezoeken"))
    method = models.CharField(max_length=9, choices=Method.choices, default=Method.COUNTED)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "branch", "day", "hour"], name="one_figure_of_visits_per_hour"
            ),
            models.CheckConstraint(
                condition=models.Q(hour__gte=-1, hour__lte=23), name="visits_in_an_hour_of_the_day"
            ),
        ]
        indexes = [models.Index(fields=["library", "day"], name="visits_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.visits_count}"
