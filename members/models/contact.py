from datetime import date
from typing import Self

from django.db import models
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.sourced import Sourced

# Below it a person is never mailed, the linked adult is (Act of 30 July 2018, art. 7; decision D4).
AGE_OF_OWN_MAIL = 13


class ContactQuerySet(models.QuerySet["Contact"]):
    def people(self) -> Self:
        """Living persons; schools and other institutions are patrons too, but nobody to write to."""
        return self.filter(kind=Contact.Kind.PERSON, is_deceased=False)

    def standing(self) -> Self:
        """People and institutions, without those who turned out to be somebody else."""
        return self.exclude(kind=Contact.Kind.MERGED)

    def reachable(self) -> Self:
        """Contacts that have an address; consent and suppression are separate questions."""
        return self.exclude(email_norm="")

    def old_enough(self, *, at: date) -> Self:
        """Those who get mail themselves: 13 or over, or of unknown age."""
        born_by = years_before(at, AGE_OF_OWN_MAIL)
        return self.filter(models.Q(date_of_birth__isnull=True) | models.Q(date_of_birth__lte=born_by))

    def members(self, *, on: date) -> Self:
        """Contacts with a membership that is valid on this day."""
        return self.filter(memberships__expires_on__gte=on, memberships__enrolled_on__lte=on)

    def inactive_since(self, day: date) -> Self:
        return self.filter(summary__last_active_on__lt=day)

    def named_like(self, words: str) -> Self:
        """Those whose first or last name begins so; both columns are folded, so accents do not matter."""
        return self.filter(models.Q(name_by_last__prefix=words) | models.Q(name_by_first__prefix=words))


def _joined(first: str, second: str) -> models.GeneratedField:
    """Both names in this order, kept by the database."""
    return models.GeneratedField(
        expression=Trim(Concat(first, models.Value(" "), second)),
        output_field=models.CharField(max_length=241),
        db_persist=True,
    )


class Contact(TenantModel, Sourced):
    """A person whom one library knows; a member when a membership is valid."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Persoon")
        INSTITUTION = "institution", _("Instelling")
        # Turned out to be somebody we knew already; kept for its number, and for the evidence that hangs on it.
        MERGED = "merged", _("Samengevoegd")

    class Relation(models.TextChoices):
        MEMBER = "member", _("Lid")
        PARENT = "parent", _("Ouder")
        INHABITANT = "inhabitant", _("Inwoner")
        VISITOR = "visitor", _("Bezoeker")
        COURSE_PARTICIPANT = "course_participant", _("Cursist")
        PROGRAMME_PARTICIPANT = "programme_participant", _("Programmadeelnemer")
        PARTNER = "partner", _("Partner")
        TEACHER = "teacher", _("Leerkracht")
        VOLUNTEER = "volunteer", _("Vrijwilliger")
        STAKEHOLDER = "stakeholder", _("Belanghebbende")

    # NULL, not empty: many people have no number and the key below must let them all in.
    external_id = models.CharField(  # noqa: DJ001
        _("nummer in het bibliotheeksysteem"), max_length=80, null=True
    )
    kind = models.CharField(_("soort"), max_length=12, choices=Kind.choices, default=Kind.PERSON)
    relation = models.CharField(
        _("soort relatie"), max_length=24, choices=Relation.choices, default=Relation.MEMBER
    )
    first_name = models.CharField(_("voornaam"), max_length=100, blank=True)
    name_prefix = models.CharField(_("tussenvoegsel"), max_length=40, blank=True)
    last_name = models.CharField(_("naam"), max_length=100, blank=True)
    # Folded to lower case without accents, so that a plain prefix finds them under row-level security.
    first_name_folded = models.CharField(max_length=120, blank=True)
    last_name_folded = models.CharField(max_length=120, blank=True)
    name_by_last = _joined("last_name_folded", "first_name_folded")
    name_by_first = _joined("first_name_folded", "last_name_folded")
    gender = models.CharField(_("geslacht"), max_length=1, blank=True)
    date_of_birth = models.DateField(_("geboortedatum"), null=True)
    postal_code = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("gemeente"), max_length=100, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    email_norm = models.CharField(max_length=254, blank=True)
    recipient_hash = models.UUIDField(null=True)
    language = models.CharField(_("taal"), max_length=2, default="nl")
    is_deceased = models.BooleanField(_("overleden"), default=False)
    # Of somebody who is no member: when we let go of them if nothing more is heard (law L-13).
    expires_on = models.DateField(_("bewaren tot"), null=True)
    # Of kind merged: who this person turned out to be.
    merged_into = TenantForeignKey("self", models.SET_NULL, null=True, related_name="merged_from")

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "external_id"], name="one_contact_per_external_id"),
            models.CheckConstraint(
                condition=models.Q(email_norm="", recipient_hash__isnull=True)
                | (~models.Q(email_norm="") & models.Q(recipient_hash__isnull=False)),
                name="an_address_has_its_hash",
            ),
        ]
        indexes = [
            models.Index(fields=["library", "email_norm"], name="contact_by_address"),
            models.Index(fields=["library", "name_by_last", "id"], name="contact_by_last_name"),
            models.Index(fields=["library", "name_by_first"], name="contact_by_first_name"),
            models.Index(
                fields=["library", "merged_into"],
                name="contacts_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["library", "expires_on"],
                name="contacts_to_let_go",
                condition=models.Q(expires_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or f"contact {self.pk}"

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.name_prefix, self.last_name) if part)

    def age(self, on: date) -> int | None:
        """Whole years on this day; None where the date of birth is unknown."""
        born = self.date_of_birth
        if born is None:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
