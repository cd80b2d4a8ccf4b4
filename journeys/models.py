from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from campaigns.models import Message
from members.models import Contact


class JourneyVersion(TenantModel):
    """What a journey does, resolved from its recipe and the library's settings. Never changed (invariant 8)."""

    journey = TenantForeignKey("journeys.Journey", models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ["journey_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["library", "journey", "number"], name="one_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class Journey(TenantModel):
    """A recipe that a library adopted (klantreis), with its own settings."""

    class State(models.TextChoices):
        OFF = "off", _("Staat uit")
        LIVE = "live", _("Loopt")
        PAUSED = "paused", _("Staat stil")

    code = models.SlugField(max_length=60, db_index=False)
    state = models.CharField(_("stand"), max_length=8, choices=State.choices, default=State.OFF)
    settings = models.JSONField(default=dict)
    version = TenantForeignKey(JourneyVersion, models.SET_NULL, null=True, related_name="+")
    # Only what happens from here on lets people in.
    activated_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["library", "code"], name="one_journey_per_recipe"),
            models.CheckConstraint(
                condition=models.Q(state="off") | models.Q(version__isnull=False, activated_at__isnull=False),
                name="a_live_journey_has_a_version",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class JourneyEntry(TenantModel):
    """One person on one journey (deelname), pinned to the version they came in with."""

    class State(models.TextChoices):
        ACTIVE = "active", _("Onderweg")
        ENDED = "ended", _("Klaar")

    class Exit(models.TextChoices):
        COMPLETED = "completed", _("Kwam aan het einde")
        GOAL = "goal", _("Bereikte het doel")
        OBJECTED = "objected", _("Schreef zich uit")
        SUPPRESSED = "suppressed", _("Mag niet meer gemaild worden")
        MEMBERSHIP_ENDED = "membership_ended", _("Is geen lid meer")
        NO_PERIOD = "no_period", _("Geen examenperiode ingesteld")
        NOT_OFFERED = "not_offered", _("De bib heeft dit aanbod niet")
        NO_CONTENT = "no_content", _("Geen inhoud")
        OVERDUE = "overdue", _("De stap was te lang voorbij")
        STOPPED = "stopped", _("De klantreis werd gestopt")
        SAME_PERSON = "same_person", _("Bleek dezelfde persoon als iemand anders")

    journey = TenantForeignKey(Journey, models.CASCADE, related_name="entries")
    version = TenantForeignKey(JourneyVersion, models.PROTECT, related_name="+")
    contact = TenantForeignKey(Contact, models.CASCADE, related_name="journey_entries")
    # Who is mailed: the person, or the adult linked to a child under 13 (decision D4).
    recipient = TenantForeignKey(Contact, models.SET_NULL, null=True, related_name="+")
    # What made them enter: an activity, the start of a spell, a period, an age band (decision D13).
    occasion = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    entered_at = models.DateTimeField()
    state = models.CharField(max_length=6, choices=State.choices, default=State.ACTIVE)
    step_key = models.CharField(max_length=60)
    # Standing at a wait, until due_at; otherwise due_at is when the step is to be done.
    is_waiting = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    goal_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    exit_reason = models.CharField(max_length=16, choices=Exit.choices, blank=True)

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["library", "journey", "contact", "occasion"], name="one_entry_per_occasion"
            ),
            models.UniqueConstraint(
                fields=["library", "journey", "contact"],
                condition=models.Q(state="active"),
                name="one_active_entry_per_person",
            ),
            models.CheckConstraint(
                condition=models.Q(state="active", ended_at__isnull=True, due_at__isnull=False)
                | models.Q(state="ended", ended_at__isnull=False, due_at__isnull=True),
                name="an_ended_entry_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["library", "due_at", "id"], name="entries_due", condition=models.Q(state="active")
            ),
            models.Index(
                fields=["library", "contact"], name="entries_active", condition=models.Q(state="active")
            ),
            models.Index(fields=["library", "journey", "step_key", "state"], name="entries_at_step"),
            # A person's page, and what happens to their entries when they are erased.
            models.Index(fields=["library", "contact", "-entered_at"], name="entries_of_contact"),
            models.Index(fields=["library", "recipient", "-entered_at"], name="entries_of_recipient"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"


class StepEvent(TenantModel):
    """What happened to one entry at one step; figures per step and a person's timeline come from here."""

    class Kind(models.TextChoices):
        ENTERED = "entered", _("Stapte in")
        SENT = "sent", _("Kreeg een mail klaargezet")
        WAITED = "waited", _("Wachtte")
        SPLIT = "split", _("Ging een kant op")
        SKIPPED = "skipped", _("Kreeg geen mail")
        LEFT = "left", _("Verliet de klantreis")

    entry = TenantForeignKey(JourneyEntry, models.CASCADE, related_name="steps")
    step_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # The side of a split, the mail of a send, the reason of an exit.
    choice = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["library", "entry", "at"], name="steps_of_entry")]

    def __str__(self) -> str:
        return f"{self.step_key} {self.kind} {self.choice}".strip()


class MessageCause(TenantModel):
    """Which entries led to a message: two siblings, one mail (decision D5)."""

    message = TenantForeignKey(Message, models.CASCADE, related_name="causes")
    entry = TenantForeignKey(JourneyEntry, models.CASCADE, related_name="causes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "message", "entry"], name="one_cause_per_entry"),
        ]
        indexes = [models.Index(fields=["library", "entry"], name="causes_of_entry")]

    def __str__(self) -> str:
        return f"{self.message_id} because of {self.entry_id}"


class JourneyTally(TenantModel):
    """How many met a journey's start on a day, and where the others fell off the bridge (D16). Counts only."""

    class Figure(models.TextChoices):
        MET = "met", _("Voldeden aan het startmoment")
        NO_ADDRESS = "no_address", _("Geen e-mailadres")
        NO_ADULT = "no_adult", _("Kind zonder gekoppelde ouder")
        NO_CONSENT = "no_consent", _("Willen hierover geen mail")
        NO_DATA_USE = "no_data_use", _("Laten die gegevens niet gebruiken")
        SUPPRESSED = "suppressed", _("Staan op de niet-mailenlijst")
        RECENTLY = "recently", _("Waren er pas nog in")
        ENTERED = "entered", _("Stapten in")

    journey = TenantForeignKey(Journey, models.CASCADE, related_name="tallies")
    day = models.DateField()
    figure = models.CharField(max_length=12, choices=Figure.choices)
    people_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["library", "journey", "day", "figure"], name="one_tally_per_day_and_figure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.figure} {self.people_count}"


class JourneyClock(TenantModel):
    """How far this library's journeys have looked: thresholds count on (last_tick_at, at] (decision D13)."""

    last_tick_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library"], name="one_clock_per_library")]

    def __str__(self) -> str:
        return f"{self.last_tick_at:%Y-%m-%d %H:%M}"
