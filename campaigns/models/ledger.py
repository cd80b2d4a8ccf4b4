"""The message ledger (decision D5): one row per mail to one person, and the calls to the ESP that carried them."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.kinds import TableKind
from bibmail.tenancy.models import TenantForeignKey, TenantModel
from campaigns.models.mailing import Mailing, MailVariant
from consent.models import Consent
from members.models import Contact


class MessageQuerySet(models.QuerySet["Message"]):
    def waiting(self) -> Self:
        """Not given to the ESP yet, and not settled otherwise."""
        return self.filter(state__in=[Message.State.QUEUED, Message.State.CLAIMED, Message.State.SUBMITTING])

    def left(self) -> Self:
        """Surely taken by the ESP."""
        return self.filter(state=Message.State.ACCEPTED)


class Submission(TenantModel):
    """One call to the ESP (aflevering): the idempotency key and what it carried, in order (decision D8)."""

    class State(models.TextChoices):
        OPEN = "open", _("Onderweg")
        ACCEPTED = "accepted", _("Aanvaard")
        REFUSED = "refused", _("Geweigerd")
        UNKNOWN = "unknown", _("Onzeker")

    key = models.UUIDField(default=uuid.uuid4)
    account = models.CharField(max_length=40)
    message_ids = ArrayField(models.BigIntegerField())
    payload_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    attempts_count = models.PositiveSmallIntegerField(default=1)
    # The database's real clock: the ESP's key window and our leases do not follow a moved demo clock.
    opened_at = models.DateTimeField()
    last_tried_at = models.DateTimeField()
    # How often the ESP was asked whether it has these mails, and when again; empty: not planned yet.
    looked_up_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_look_up_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["library", "key"], name="one_submission_per_key")]
        indexes = [
            models.Index(
                fields=["library", "opened_at"],
                name="submissions_unsettled",
                condition=models.Q(state__in=["open", "unknown"]),
            )
        ]

    def __str__(self) -> str:
        return str(self.key)


class Message(TenantModel):
    """One mail to one person (bericht). Its key makes sure there is one; its reason says why it did not go."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Wacht")
        CLAIMED = "claimed", _("Wordt klaargemaakt")
        SUBMITTING = "submitting", _("Wordt verstuurd")
        ACCEPTED = "accepted", _("Verstuurd")
        UNKNOWN = "unknown", _("Weten we nog niet")
        FAILED = "failed", _("Mislukt")
        SKIPPED = "skipped", _("Niet verstuurd")
        CANCELLED = "cancelled", _("Gestopt")
        EXPIRED = "expired", _("Te laat")

    class Delivery(models.IntegerChoices):
        """What the receiving side told; only ever goes up."""

        NONE = 0, _("Nog geen bericht")
        DELIVERED = 10, _("Aangekomen")
        SOFT_BOUNCE = 20, _("Tijdelijk niet aangekomen")
        HARD_BOUNCE = 30, _("Onbestelbaar")
        COMPLAINED = 40, _("Gemeld als spam")

    class Reason(models.TextChoices):
        """Why a message was skipped, cancelled, expired or failed; a sentence for each in campaigns.sentences."""

        NO_CONSENT = "no_consent", _("Wil hierover geen mail")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("Trok de toestemming in")
        NO_DATA_USE = "no_data_use", _("Laat die gegevens niet gebruiken")
        SUPPRESSED = "suppressed", _("Staat op de niet-mailenlijst")
        OBJECTED = "objected", _("Schreef zich uit")
        NO_ADDRESS = "no_address", _("Heeft geen e-mailadres")
        UNDER_AGE = "under_age", _("Is jonger dan 13")
        ERASED = "erased", _("Liet zich wissen")
        FREQUENCY_CAP = "frequency_cap", _("Kreeg al het maximum aantal mails")
        PAUSED = "paused", _("Vroeg om een pauze")
        TRIAL = "trial", _("De bibliotheek draait nog in proef")
        STOPPED = "stopped", _("Iemand stopte de verzending")
        NO_CONTENT = "no_content", _("Geen inhoud")
        LEFT_JOURNEY = "left_journey", _("Verliet de klantreis")
        TOO_LATE = "too_late", _("Het moment was voorbij")
        REFUSED = "refused", _("De mailprovider weigerde het adres")
        NOT_RENDERED = "not_rendered", _("De mail kon niet gemaakt worden")
        DUPLICATE_ADDRESS = "duplicate_address", _("Hetzelfde adres kreeg de mail al")

    public_id = models.UUIDField(default=uuid.uuid4)
    key = models.CharField(max_length=200)
    mailing = TenantForeignKey(Mailing, models.PROTECT, related_name="messages")
    # Whom it is about, and who is mailed and whose consent governs (decision D4).
    contact = TenantForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    recipient = TenantForeignKey(Contact, models.SET_NULL, null=True, related_name="messages")
    recipient_hash = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    delivery = models.PositiveSmallIntegerField(choices=Delivery.choices, default=Delivery.NONE)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True)
    priority = models.PositiveSmallIntegerField(default=50)
    # What the trigger knew: {"period": …, "children": […]}; personal, and gone after 13 months.
    facts = models.JSONField(default=dict)
    # Domain time.
    queued_at = models.DateTimeField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    # Only for who lets us measure it (decision D9).
    clicked_at = models.DateTimeField(null=True)
    # The database's real clock.
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    submission = TenantForeignKey(Submission, models.SET_NULL, null=True, related_name="messages")
    consent = TenantForeignKey(Consent, models.SET_NULL, null=True, related_name="+")
    # The topic whose consent carried it; empty where the basis is another.
    topic = models.CharField(max_length=50, blank=True)
    esp_message_id = models.CharField(max_length=200, blank=True)
    variant = TenantForeignKey(MailVariant, models.SET_NULL, null=True, related_name="+")
    # The values that filled the slots of the variant; personal.
    slots = models.JSONField(default=dict)
    # The key of the row that goes in its place, where a colleague sent a mail in doubt once more: figures then
    # count that row and not this one.
    resent_as = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "key"], name="one_message_per_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=["queued", "claimed", "submitting", "accepted", "unknown"])
                | ~models.Q(reason=""),
                name="what_did_not_leave_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["library", "public_id"], name="message_by_public_id"),
            models.Index(
                fields=["library", "priority", "not_before", "id"],
                name="messages_to_send",
                condition=models.Q(state="queued"),
            ),
            models.Index(
                fields=["library", "lease_until"],
                name="messages_leased",
                condition=models.Q(state__in=["claimed", "submitting"]),
            ),
            models.Index(
                fields=["library", "id"], name="messages_unknown", condition=models.Q(state="unknown")
            ),
            models.Index(fields=["library", "mailing", "state", "reason"], name="messages_of_mailing"),
            models.Index(fields=["library", "recipient", "-queued_at"], name="messages_of_recipient"),
            models.Index(fields=["library", "contact", "-queued_at"], name="messages_about_contact"),
            models.Index(fields=["library", "accepted_at"], name="messages_by_day"),
            models.Index(
                fields=["library", "mailing", "delivery"],
                name="messages_bounced",
                condition=models.Q(delivery__gte=30),
            ),
            models.Index(
                fields=["library", "clicked_at"],
                name="messages_clicked",
                condition=models.Q(clicked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    def is_waiting(self, at: datetime) -> bool:
        """Still to be sent, and not before a later moment."""
        return self.state == self.State.QUEUED and self.not_before > at


class RecipientCap(models.Model):
    """The last marketing sends to one address, across libraries (decision D15).

    No address, no library and no name; the app reaches it through `cap_reserve` and `cap_release` alone.
    """

    table_kind: ClassVar[TableKind] = TableKind.PSEUDONYMOUS

    recipient_hash = models.UUIDField(primary_key=True)
    sent_at = ArrayField(models.DateTimeField(), default=list)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.recipient_hash)
