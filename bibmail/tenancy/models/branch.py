from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models.base import TenantForeignKey, TenantModel


class Branch(TenantModel):
    """A building of a library (vestiging); never a fork in a journey, which is a split."""

    class Kind(models.TextChoices):
        BRANCH = "branch", _("Vestiging")
        SERVICE_POINT = "service_point", _("Uitleenpost")

    # The code of the source system (four digits in Wise), by which files name it.
    code = models.CharField(_("code"), max_length=20)
    name = models.CharField(_("naam"), max_length=100)
    kind = models.CharField(_("soort"), max_length=20, choices=Kind.choices, default=Kind.BRANCH)
    street = models.CharField(_("straat"), max_length=100, blank=True)
    house_number = models.CharField(_("huisnummer"), max_length=20, blank=True)
    postal_code = models.CharField(_("postcode"), max_length=4, blank=True)
    city = models.CharField(_("gemeente"), max_length=100, blank=True)
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "code"], name="one_branch_per_code"),
        ]

    def __str__(self) -> str:
        return self.name


class Weekday(models.IntegerChoices):
    """ISO weekdays."""

    MONDAY = 1, _("maandag")
    TUESDAY = 2, _("dinsdag")
    WEDNESDAY = 3, _("woensdag")
    THURSDAY = 4, _("donderdag")
    FRIDAY = 5, _("vrijdag")
    SATURDAY = 6, _("zaterdag")
    SUNDAY = 7, _("zondag")


class OpeningHours(TenantModel):
    """One interval in an ordinary week; a branch may have several on a day."""

    branch = TenantForeignKey(Branch, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("dag"), choices=Weekday.choices)
    opens = models.TimeField(_("van"))
    closes = models.TimeField(_("tot"))
    # Open without staff ("open+").
    is_self_service = models.BooleanField(_("zonder personeel"), default=False)

    class Meta:
        ordering = ["weekday", "opens", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "branch", "weekday", "opens"], name="one_interval_per_opening"
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="closes_after_opening"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H.%M}–{self.closes:%H.%M}"


class OpeningException(TenantModel):
    """Days that differ: closed when opens is empty, otherwise these hours instead of the ordinary ones."""

    branch = TenantForeignKey(Branch, models.CASCADE, related_name="opening_exceptions")
    starts_on = models.DateField(_("eerste dag"))
    ends_on = models.DateField(_("laatste dag"))
    opens = models.TimeField(_("van"), null=True, blank=True)
    closes = models.TimeField(_("tot"), null=True, blank=True)
    is_self_service = models.BooleanField(_("zonder personeel"), default=False)
    note = models.CharField(_("reden"), max_length=200, blank=True)

    class Meta:
        ordering = ["starts_on", "opens", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "branch", "starts_on", "ends_on", "opens"],
                name="one_exception_per_opening",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="exception_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(closes__gt=models.F("opens")),
                name="exception_closed_or_open",
            ),
        ]

    def __str__(self) -> str:
        hours = f"{self.opens:%H.%M}–{self.closes:%H.%M}" if self.opens and self.closes else _("gesloten")
        return f"{self.starts_on:%d/%m/%Y} {hours}"
