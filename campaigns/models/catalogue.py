"""What the library has and does, as its files tell it: titles, events and services."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import Branch, SharedModel, TenantForeignKey, TenantModel


class CatalogueTitle(SharedModel):
    """A title in the shared catalogue (Open Vlacc). A library's file may add titles, never change them."""

    record_id = models.CharField(max_length=80, unique=True)
    isbn = models.CharField(max_length=13, blank=True)
    name = models.CharField(_("titel"), max_length=200)
    author = models.CharField(_("auteur"), max_length=200, blank=True)
    material = models.CharField(_("materiaal"), max_length=40, blank=True)
    language = models.CharField(_("taal"), max_length=3, blank=True)
    age_label = models.CharField(_("leeftijdsgroep"), max_length=40, blank=True)
    genre = models.CharField(_("genre"), max_length=60, blank=True)
    zizo_code = models.CharField(_("ZIZO-rubriek"), max_length=20, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class CatalogueItem(TenantModel):
    """A title that stands at one branch, since a day: what a new acquisition is told by."""

    title = models.ForeignKey(CatalogueTitle, on_delete=models.PROTECT, related_name="+", db_index=False)
    branch = TenantForeignKey(Branch, models.CASCADE, related_name="+")
    added_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "branch", "title"], name="a_title_once_per_branch"),
        ]
        indexes = [models.Index(fields=["library", "-added_on", "id"], name="acquisitions_newest_first")]

    def __str__(self) -> str:
        return f"item {self.pk}"


class LibraryEventQuerySet(models.QuerySet["LibraryEvent"]):
    def coming(self, *, at: datetime) -> Self:
        return self.filter(starts_at__gte=at)


class LibraryEvent(TenantModel):
    """An activity a library organises (activiteit); an `activity` is what a person did."""

    class Status(models.TextChoices):
        AVAILABLE = "available", _("Er is plaats")
        FULL = "full", _("Volzet")
        CANCELLED = "cancelled", _("Gaat niet door")

    code = models.CharField(max_length=80)
    name = models.CharField(_("naam"), max_length=200)
    kind = models.CharField(_("soort"), max_length=60, blank=True)
    branch = TenantForeignKey(Branch, models.SET_NULL, null=True, related_name="+")
    starts_at = models.DateTimeField(_("begint"))
    ends_at = models.DateTimeField(_("eindigt"), null=True)
    min_age = models.PositiveSmallIntegerField(_("vanaf"), null=True)
    max_age = models.PositiveSmallIntegerField(_("tot en met"), null=True)
    url = models.URLField(_("webadres"), max_length=500, blank=True)
    needs_registration = models.BooleanField(_("inschrijven nodig"), default=False)
    status = models.CharField(_("stand"), max_length=10, choices=Status.choices, default=Status.AVAILABLE)

    objects = LibraryEventQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["library", "code"], name="one_event_per_code")]
        indexes = [models.Index(fields=["library", "starts_at"], name="events_by_start")]

    def __str__(self) -> str:
        return self.name


class Capability(TenantModel):
    """A service this library has (aanbod); a recipe that needs another is not offered."""

    service = models.CharField(_("dienst"), max_length=50)
    is_active = models.BooleanField(_("actief"), default=True)
    url = models.URLField(_("webadres"), max_length=500, blank=True)

    class Meta:
        ordering = ["service", "pk"]
        constraints = [models.UniqueConstraint(fields=["library", "service"], name="one_row_per_service")]

    def __str__(self) -> str:
        return self.service
