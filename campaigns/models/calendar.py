from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import SharedModel, TenantModel


class _Period(models.Model):
    """A stretch of days that journeys can wait for; both days belong to it."""

    class Kind(models.TextChoices):
        EXAM = "exam", _("Examenperiode")
        SCHOOL_HOLIDAY = "school_holiday", _("Schoolvakantie")
        CAMPAIGN = "campaign", _("Campagne")
        CLOSURE = "closure", _("Sluiting")
        PUBLIC_HOLIDAY = "public_holiday", _("Feestdag")

    class Level(models.TextChoices):
        """Whose exams: secondary school below 18, higher education from 18 on."""

        SECONDARY = "secondary", _("Secundair onderwijs")
        HIGHER = "higher", _("Hoger onderwijs")

    code = models.SlugField(max_length=60, db_index=False)
    label = models.CharField(_("naam"), max_length=100)
    kind = models.CharField(_("soort"), max_length=16, choices=Kind.choices)
    level = models.CharField(_("niveau"), max_length=10, choices=Level.choices, blank=True)
    starts_on = models.DateField(_("eerste dag"))
    ends_on = models.DateField(_("laatste dag"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class CalendarPeriod(_Period, SharedModel):
    """A period of the whole of Flanders; `source_url` says who announced it."""

    class Certainty(models.TextChoices):
        CONFIRMED = "confirmed", _("Bevestigd")
        EXPECTED = "expected", _("Datum nog te bevestigen")

    certainty = models.CharField(max_length=10, choices=Certainty.choices)
    source_url = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["starts_on", "code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="one_network_period_per_code"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="network_period_ends_after_start"
            ),
        ]


class LibraryPeriod(_Period, TenantModel):
    """A library's own period, or its own days for a network period of the same code."""

    is_left_out = models.BooleanField(_("geldt hier niet"), default=False)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "code"], name="one_own_period_per_code"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="own_period_ends_after_start"
            ),
        ]
