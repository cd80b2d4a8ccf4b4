"""Lists of people that colleagues keep by hand, what else somebody is to the library, and how close they came."""

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class ContactList(TenantModel):
    """A list of people with a purpose and an owner (lijst)."""

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("Community")
        STAKEHOLDERS = "stakeholders", _("Belanghebbenden")
        OTHER = "other", _("Iets anders")

    name = models.CharField(_("naam"), max_length=80)
    purpose = models.CharField(_("waarvoor dient de lijst"), max_length=300)
    kind = models.CharField(_("soort lijst"), max_length=12, choices=Kind.choices, default=Kind.COMMUNITY)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_archived = models.BooleanField(_("gearchiveerd"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["is_archived", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "name"], name="one_contact_list_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ListMemberQuerySet(models.QuerySet["ListMember"]):
    def current(self) -> Self:
        """Who stands on a list now."""
        return self.filter(until__isnull=True)


class ListMember(TenantModel):
    """Somebody on a list, from when until when."""

    contact_list = TenantForeignKey(ContactList, models.CASCADE, related_name="members")
    contact = TenantForeignKey(Contact, models.CASCADE, related_name="list_memberships")
    organisation = models.CharField(_("organisatie"), max_length=120, blank=True)
    role = models.CharField(_("functie"), max_length=120, blank=True)
    source = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ListMemberQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact_list", "contact"],
                condition=models.Q(until__isnull=True),
                name="once_on_a_list_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["library", "contact"], name="lists_of_contact")]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.contact_list_id}"


class ContactRelationQuerySet(models.QuerySet["ContactRelation"]):
    def current(self, *, at: datetime) -> Self:
        """What holds at this moment: without an end, or with one that is still to come."""
        return self.filter(models.Q(until__isnull=True) | models.Q(until__gt=at))


class ContactRelation(TenantModel):
    """What somebody is to the library beside the main relation of the contact."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="relations")
    relation = models.CharField(_("soort relatie"), max_length=24, choices=Contact.Relation.choices)
    source = models.CharField(max_length=40)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = ContactRelationQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact", "relation"],
                condition=models.Q(until__isnull=True),
                name="one_open_relation_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["library", "relation", "contact"],
                name="contacts_by_relation",
                condition=models.Q(until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.relation


class FunnelStage(TenantModel):
    """How close somebody came to the library, since when (fase). Derived every night, never set by hand."""

    class Stage(models.TextChoices):
        REACHED = "reached", _("Bereikt")
        INTERESTED = "interested", _("Geïnteresseerd")
        CONTACT = "contact", _("Contact")
        MEMBER = "member", _("Lid")
        ACTIVE_MEMBER = "active_member", _("Actief lid")

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="funnel_stages")
    stage = models.CharField(_("fase"), max_length=13, choices=Stage.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact"],
                condition=models.Q(until__isnull=True),
                name="one_funnel_stage_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["library", "contact", "since"], name="funnel_of_contact")]

    def __str__(self) -> str:
        return self.stage


class NonMemberPolicy(TenantModel):
    """How long a library keeps people who are no member and of whom nothing more was heard."""

    months = models.PositiveSmallIntegerField(_("maanden zonder activiteit"), default=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library"], name="one_non_member_policy")]

    def __str__(self) -> str:
        return f"{self.months} months"
