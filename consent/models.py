from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import SharedModel, TenantForeignKey, TenantModel

# Django looks for an app's tables in this module.
from consent.signup.models import SignupForm as SignupForm
from consent.signup.models import SignupFormList as SignupFormList
from consent.signup.models import SignupRequest as SignupRequest
from consent.signup.models import SignupTally as SignupTally
from members.models import Contact


class MessageClass(models.TextChoices):
    """Decides headers, cap and footer (decision D7); what it may be based on is another question."""

    SERVICE = "service", _("Servicemail")
    MARKETING = "marketing", _("Marketingmail")
    RESEARCH = "research", _("Onderzoek")


class Topic(SharedModel):
    """Something a person can want mail about (thema). A library's own words stand in LibraryTopic."""

    code = models.SlugField(unique=True)
    message_class = models.CharField(max_length=10, choices=MessageClass.choices)
    label_nl = models.CharField(max_length=100)
    label_en = models.CharField(max_length=100)
    description_nl = models.CharField(max_length=300)
    description_en = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label_nl


class LibraryTopic(TenantModel):
    """How one library offers a topic: whether at all, and under which words."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_offered = models.BooleanField(_("aangeboden"), default=True)
    label = models.CharField(_("naam"), max_length=100, blank=True)
    description = models.CharField(_("uitleg"), max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "topic"], name="one_variant_per_topic"),
        ]

    def __str__(self) -> str:
        return self.label or str(self.topic)


class DataUse(SharedModel):
    """Something a person's data may be used for (gebruik van je gegevens); off unless granted."""

    code = models.SlugField(unique=True)
    label_nl = models.CharField(max_length=150)
    label_en = models.CharField(max_length=150)
    description_nl = models.CharField(max_length=300)
    description_en = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.label_nl


class Subject(models.TextChoices):
    """What a consent is about."""

    TOPIC = "topic", _("Thema")
    DATA_USE = "data_use", _("Gebruik van je gegevens")


class Wording(TenantModel):
    """The words a person saw when they consented. A new text is a new version; none is ever changed."""

    subject = models.CharField(max_length=10, choices=Subject.choices)
    code = models.CharField(max_length=50)
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=2, default="nl")
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["subject", "code", "-version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "subject", "code", "version"], name="one_text_per_wording_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def about(self, subject: Subject, code: str) -> Self:
        return self.filter(subject=subject, code=code)

    def in_force(self, *, at: datetime) -> Self:
        """Opened by then and not closed yet: opened_at <= at < closed_at."""
        return self.filter(models.Q(closed_at__isnull=True) | models.Q(closed_at__gt=at), opened_at__lte=at)


class Consent(TenantModel):
    """One person's permission for one subject, as evidence: opened once, closed once, never changed (D6).

    The app's role may insert rows and fill the closed_* columns; a trigger refuses a second closing.
    """

    class Basis(models.TextChoices):
        CONSENT = "consent", _("Toestemming")
        SOFT_OPT_IN = "soft_opt_in", _("Bestaande klant")
        LIBRARY_POLICY = "library_policy", _("Beleid van de bibliotheek")

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="consents")
    subject = models.CharField(max_length=10, choices=Subject.choices)
    code = models.CharField(max_length=50)
    basis = models.CharField(max_length=16, choices=Basis.choices, default=Basis.CONSENT)
    wording = TenantForeignKey(Wording, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=40)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_source = models.CharField(max_length=40, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["subject", "code", "opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "contact", "subject", "code"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_consent_per_subject",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | models.Q(closed_at__gte=models.F("opened_at")),
                name="consent_closes_after_opening",
            ),
        ]
        indexes = [
            models.Index(
                fields=["library", "contact", "subject", "code", "opened_at"], name="consents_of_contact"
            ),
            models.Index(
                fields=["library", "subject", "code", "contact"],
                name="open_consents_by_subject",
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.opened_at:%Y-%m-%d}"

    def is_in_force(self, at: datetime) -> bool:
        """As ConsentQuerySet.in_force."""
        return self.opened_at <= at and (self.closed_at is None or self.closed_at > at)


class MailPreference(TenantModel):
    """How often somebody wants marketing mail (rustig aan) and until when none at all (pauzeren)."""

    class Pace(models.TextChoices):
        NORMAL = "", _("Zoals het uitkomt")
        WEEK = "week", _("Hoogstens één keer per week")
        MONTH = "month", _("Hoogstens één keer per maand")

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="mail_preferences")
    pace = models.CharField(_("hoe vaak"), max_length=5, choices=Pace.choices, blank=True)
    paused_until = models.DateField(_("pauze tot en met"), null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "contact"], name="one_preference_per_contact"),
        ]

    def __str__(self) -> str:
        return self.pace or "normal"


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def in_force(self, *, at: datetime) -> Self:
        return self.filter(models.Q(lifted_at__isnull=True) | models.Q(lifted_at__gt=at), since__lte=at)


class Suppression(TenantModel):
    """Somebody who is not to be mailed (niet mailen-lijst): scope x class x reason (decision D4)."""

    class Scope(models.TextChoices):
        CONTACT = "contact", _("Deze persoon")
        ADDRESS = "address", _("Dit adres")
        ERASED = "erased", _("Gewiste persoon")

    class Reach(models.TextChoices):
        ALL = "all", _("Alle mails")
        MARKETING = "marketing", _("Alleen marketingmails")

    class Reason(models.TextChoices):
        HARD_BOUNCE = "hard_bounce", _("Het adres werkt niet")
        COMPLAINT = "complaint", _("Meldde een mail als spam")
        UNSUBSCRIBED = "unsubscribed", _("Schreef zich uit voor alles")
        DECEASED = "deceased", _("Overleden")
        INSTITUTION = "institution", _("Instelling, geen persoon")
        ERASED = "erased", _("Liet zich wissen")

    scope = models.CharField(max_length=8, choices=Scope.choices)
    reach = models.CharField(max_length=10, choices=Reach.choices)
    reason = models.CharField(max_length=14, choices=Reason.choices)
    contact = TenantForeignKey(Contact, models.CASCADE, null=True, related_name="suppressions")
    # Scope address: HMAC of the address; scope erased: HMAC of (library, external id). No address is kept.
    fingerprint = models.UUIDField(null=True)
    source = models.CharField(max_length=40)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ["since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope="contact", contact__isnull=False)
                | (~models.Q(scope="contact") & models.Q(fingerprint__isnull=False)),
                name="suppression_names_its_target",
            ),
            models.UniqueConstraint(
                fields=["library", "contact", "reason"],
                condition=models.Q(lifted_at__isnull=True, scope="contact"),
                name="one_open_suppression_per_contact_and_reason",
            ),
            models.UniqueConstraint(
                fields=["library", "fingerprint", "scope", "reason"],
                condition=models.Q(lifted_at__isnull=True) & ~models.Q(scope="contact"),
                name="one_open_suppression_per_fingerprint_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.reach})"
