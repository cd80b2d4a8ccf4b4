"""What is sent, apart from whom it is sent to: one mailing per newsletter, and per step and text of a journey."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from consent.models import MessageClass


class LegalBasis(models.TextChoices):
    """On what a mail is based; decides the gate (decision D7)."""

    CONTRACT = "contract", _("Nodig voor het lidmaatschap")
    CONSENT = "consent", _("Toestemming")
    SOFT_OPT_IN = "soft_opt_in", _("Bestaande klant")
    LIBRARY_POLICY = "library_policy", _("Beleid van de bibliotheek")


class Campaign(TenantModel):
    """One message to many (campagne, nieuwsbrief), from draft to closed balance."""

    class State(models.TextChoices):
        DRAFT = "draft", _("In opmaak")
        SCHEDULED = "scheduled", _("Ingepland")
        SENDING = "sending", _("Wordt verstuurd")
        DONE = "done", _("Klaar")
        STOPPED = "stopped", _("Gestopt")
        # Nothing leaves until somebody looks: by hand, or because too much came back.
        PAUSED = "paused", _("Gepauzeerd")

    class Pause(models.TextChoices):
        BY_HAND = "by_hand", _("Iemand zette hem stil")
        BOUNCES = "bounces", _("Te veel mails kwamen niet aan")
        COMPLAINTS = "complaints", _("Te veel mensen meldden hem als spam")

    name = models.CharField(_("naam"), max_length=100)
    topic = models.CharField(_("thema"), max_length=50, default="newsletter")
    subject = models.CharField(_("onderwerp"), max_length=150, blank=True)
    preheader = models.CharField(_("voorvertoningstekst"), max_length=200, blank=True)
    # A list of typed blocks (campaigns.content.blocks).
    blocks = models.JSONField(default=list)
    # A rule (members.segments); an empty one selects nobody.
    rule = models.JSONField(default=dict)
    state = models.CharField(_("stand"), max_length=10, choices=State.choices, default=State.DRAFT)
    send_at = models.DateTimeField(_("versturen op"), null=True)
    frozen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    paused_why = models.CharField(max_length=10, choices=Pause.choices, blank=True)
    # The bridge from everyone meant to everyone queued, as it was at the freeze (decision D16).
    reach = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["library", "-created_at", "-id"], name="campaigns_newest_first"),
            models.Index(
                fields=["library", "send_at"],
                name="campaigns_under_way",
                condition=models.Q(state__in=["scheduled", "sending", "paused"]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Mailing(TenantModel):
    """What the sending engine knows of a newsletter or a journey's step: its words and its rules.

    Never changed once a message refers to it: another text is another mailing.
    """

    campaign = TenantForeignKey(Campaign, models.CASCADE, null=True, related_name="mailings")
    # A journey's steps name themselves here, since journeys stand on a higher floor.
    journey_code = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=0)
    step_key = models.CharField(max_length=60, blank=True)
    mail_code = models.CharField(max_length=60, blank=True)
    label = models.CharField(max_length=150)
    message_class = models.CharField(max_length=10, choices=MessageClass.choices)
    legal_basis = models.CharField(max_length=16, choices=LegalBasis.choices)
    # Any of these may carry it; the message records which consent did (decision D7).
    topics = ArrayField(models.CharField(max_length=50), default=list)
    data_uses = ArrayField(models.CharField(max_length=50), default=list)
    # {"subject", "preheader", "reason", "blocks": [...]}
    content = models.JSONField(default=dict)
    # Service mail first (architecture 7): the lower, the sooner.
    priority = models.PositiveSmallIntegerField(default=50)
    is_stopped = models.BooleanField(default=False)
    # Its mails stay in the queue meanwhile.
    is_paused = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "journey_code", "version", "step_key", "mail_code"],
                condition=models.Q(campaign__isnull=True),
                name="one_mailing_per_step_and_text",
            ),
            models.UniqueConstraint(
                fields=["library", "campaign"],
                condition=models.Q(campaign__isnull=False),
                name="one_mailing_per_campaign",
            ),
        ]
        indexes = [
            models.Index(fields=["library"], name="mailings_paused", condition=models.Q(is_paused=True)),
        ]

    def __str__(self) -> str:
        return self.label


class MailVariant(TenantModel):
    """A compiled text that many people share: the blocks they see in their language, with slots for the rest."""

    mailing = TenantForeignKey(Mailing, models.CASCADE, related_name="variants")
    digest = models.CharField(max_length=64)
    language = models.CharField(max_length=2, default="nl")
    subject = models.CharField(max_length=300)
    preheader = models.CharField(max_length=300, blank=True)
    html = models.TextField()
    text = models.TextField()
    # The blocks that showed, in order: evidence of what somebody was told.
    blocks = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "mailing", "digest"], name="one_variant_per_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} {self.digest[:8]}"
