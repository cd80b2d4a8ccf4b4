from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class LibraryGroup(models.Model):
    """A province or regional co-operation; libraries are chosen by it for a network campaign."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("naam"), max_length=100)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class LibraryQuerySet(models.QuerySet["Library"]):
    def staffed_by(self, user_id: int) -> Self:
        """Libraries where this user has a role."""
        return self.filter(staff_roles__user_id=user_id)


class Library(models.Model):
    """One tenant. A group of municipalities with shared borrowers is one library with many branches."""

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("Nog niet begonnen")
        TRIAL = "trial", _("In proef")
        LIVE = "live", _("Draait")

    slug = models.SlugField(_("adres in Bibmail"), unique=True)
    name = models.CharField(_("naam"), max_length=100)
    municipality = models.CharField(_("gemeente"), max_length=100)
    postal_code = models.CharField(_("postcode"), max_length=4, blank=True)
    province = models.CharField(_("provincie"), max_length=40, blank=True)
    # For reach per 1.000 inhabitants.
    inhabitants_count = models.PositiveIntegerField(_("inwoners"), default=0)
    group = models.ForeignKey(
        LibraryGroup,
        verbose_name=_("bibliotheekgroep"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="libraries",
    )
    state = models.CharField(_("stand"), max_length=20, choices=State.choices, default=State.NOT_STARTED)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
