"""What a library asks on a sign-up form, and who asked but has not confirmed yet."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models import Contact, ContactList


class SignupForm(TenantModel):
    """A form on a page of its own (aanmeldformulier), with the figures of what came in."""

    class Asks(models.TextChoices):
        FIRST_NAME = "first_name", _("Voornaam")
        LAST_NAME = "last_name", _("Naam")
        POSTAL_CODE = "postal_code", _("Postcode")
        DATE_OF_BIRTH = "date_of_birth", _("Geboortedatum")

    name = models.CharField(_("titel"), max_length=80)
    # `formulier:<slug>` is the source of a consent, and that has forty places.
    slug = models.SlugField(_("deel van het webadres"), max_length=30, db_index=False)
    intro = models.TextField(_("inleiding"), max_length=600, blank=True)
    topics = ArrayField(models.CharField(max_length=50))
    asks = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    relation = models.CharField(
        _("soort relatie"),
        max_length=24,
        choices=Contact.Relation.choices,
        default=Contact.Relation.INHABITANT,
    )
    visitors_choose_lists = models.BooleanField(
        _("Mensen kiezen zelf op welke lijst ze komen"), default=False
    )
    thanks = models.TextField(_("bedanking"), max_length=600, blank=True)
    # Sites that may show the form in a frame; nobody else may.
    allowed_origins = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    is_active = models.BooleanField(_("staat open"), default=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_count = models.PositiveIntegerField(default=0)
    confirmed_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    expired_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "slug"], name="one_signup_form_per_slug"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """As it stands in the rows that come from this form."""
        return f"formulier:{self.slug}"


class SignupFormList(TenantModel):
    """A list that a form puts people on."""

    form = TenantForeignKey(SignupForm, models.CASCADE, related_name="form_lists")
    contact_list = TenantForeignKey(ContactList, models.CASCADE, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "form", "contact_list"], name="each_list_once_on_a_signup_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact_list_id} of {self.form_id}"


class SignupRequestQuerySet(models.QuerySet["SignupRequest"]):
    def open_at(self, at: datetime) -> Self:
        """Not confirmed yet, and not too old to be."""
        return self.filter(confirmed_at__isnull=True, expires_at__gt=at)


class SignupRequest(TenantModel):
    """Somebody who asked for mail and has not confirmed yet. Emptied when they do, gone after seven days."""

    class MailState(models.TextChoices):
        WAITING = "waiting", _("Wacht")
        LEAVING = "leaving", _("Wordt verstuurd")
        SENT = "sent", _("Verstuurd")
        STOPPED = "stopped", _("Niet verstuurd")

    public_id = models.UUIDField(default=uuid.uuid4)
    form = TenantForeignKey(SignupForm, models.CASCADE, related_name="requests")
    email = models.CharField(max_length=254, blank=True)
    address_hash = models.UUIDField()
    first_name = models.CharField(max_length=100, blank=True)
    last_name = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    date_of_birth = models.DateField(null=True)
    language = models.CharField(max_length=2, default="nl")
    # The wordings that stood on the screen behind each box that was ticked.
    wording_ids = ArrayField(models.BigIntegerField())
    # The lists that were named on the screen, or ticked there.
    list_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    mail_state = models.CharField(max_length=8, choices=MailState.choices, default=MailState.WAITING)
    # Also the key for the ESP: the same key brings no second mail.
    mail_key = models.UUIDField(default=uuid.uuid4)
    attempts_count = models.PositiveSmallIntegerField(default=0)

    objects = SignupRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "public_id"], name="one_signup_per_public_id"),
            models.UniqueConstraint(
                fields=["library", "form", "address_hash"],
                condition=models.Q(confirmed_at__isnull=True),
                name="one_open_signup_per_address",
            ),
        ]
        indexes = [
            models.Index(fields=["library", "expires_at"], name="signups_by_expiry"),
            models.Index(
                fields=["library", "asked_at"],
                name="signup_mails_waiting",
                condition=models.Q(mail_state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return f"signup {self.pk}"


class SignupTally(TenantModel):
    """How often one address, one network or one form asked in a stretch of time; a hash that soon goes."""

    bucket = models.UUIDField()
    count = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "bucket"], name="one_signup_tally_per_bucket"),
        ]
        indexes = [models.Index(fields=["library", "until"], name="signup_tallies_by_end")]

    def __str__(self) -> str:
        return f"tally {self.pk}"
