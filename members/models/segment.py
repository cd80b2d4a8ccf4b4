"""Segments (doelgroepen): a rule with a name, every rule it ever had, and who stayed in it when."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class SegmentQuerySet(models.QuerySet["Segment"]):
    def in_use(self) -> "SegmentQuerySet":
        return self.filter(archived_at=None)


class Segment(TenantModel):
    """A group of people by what we know of them. `rule` decides; `draft` is what a colleague is changing."""

    name = models.CharField(_("naam"), max_length=80)
    rule = models.JSONField(default=dict)
    # The number of the version that `rule` is; 0 when nobody saved it yet.
    version = models.PositiveIntegerField(default=0)
    # NULL: nothing is being changed. `draft_before` is the draft one step back, for "maak ongedaan".
    draft = models.JSONField(null=True)
    draft_before = models.JSONField(null=True)
    # Which ready-made segment it began as.
    began_as = models.CharField(max_length=40, blank=True)
    # How many people the nightly count found, and when.
    people_count = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "name"], name="one_segment_per_name"),
            models.CheckConstraint(condition=~models.Q(name=""), name="a_segment_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_rule(self) -> dict[str, Any]:
        """What the builder shows: the draft, or the rule when nothing is being changed."""
        shown: dict[str, Any] = self.rule if self.draft is None else self.draft
        return shown

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.draft is not None and self.draft != self.rule


class SegmentVersion(TenantModel):
    """A rule as somebody saved it; never changed."""

    segment = TenantForeignKey(Segment, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    rule = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["library", "segment", "number"], name="one_segment_version"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class SegmentStay(TenantModel):
    """Somebody was in a segment from then until then; kept for segments that journeys or figures follow."""

    segment = TenantForeignKey(Segment, models.CASCADE, related_name="stays")
    contact = TenantForeignKey(Contact, models.CASCADE, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "segment", "contact"],
                condition=models.Q(left_at=None),
                name="one_open_stay_per_segment",
            ),
        ]
        indexes = [models.Index(fields=["library", "contact"], name="segment_stays_of_contact")]

    def __str__(self) -> str:
        return f"stay {self.pk}"
