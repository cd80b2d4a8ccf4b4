from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import Branch, TenantForeignKey, TenantModel
from members.models.contact import Contact


class ActivityKind(models.TextChoices):
    """What a person can be known to have done (wat iemand deed). Retention and data use: `members.kinds`."""

    LOAN = "loan", _("Leende")
    LOAN_RENEWAL = "loan_renewal", _("Verlengde een uitlening")
    LOAN_RETURN = "loan_return", _("Bracht terug")
    HOLD_READY = "hold_ready", _("Reservering klaar om af te halen")
    EBOOK_LOGIN = "ebook_login", _("Keek op het e-boekenplatform")
    EBOOK_LOAN = "ebook_loan", _("Leende een e-boek")
    EBOOK_RETURN = "ebook_return", _("Gaf een e-boek terug")
    EBOOK_HOLD = "ebook_hold", _("Reserveerde een e-boek")
    FILM_STREAM = "film_stream", _("Keek een film")
    SEAT_RESERVATION = "seat_reservation", _("Reserveerde een studieplek of pc")
    EVENT_REGISTRATION = "event_registration", _("Schreef in voor een activiteit")
    EVENT_ATTENDANCE = "event_attendance", _("Kwam naar een activiteit")
    PROFILE_LOGIN = "profile_login", _("Meldde zich aan in Mijn Bibliotheek")
    CHILD_LINKED = "child_linked", _("Koppelde een kind")
    MEMBERSHIP_CREATED = "membership_created", _("Werd lid")
    MEMBERSHIP_RENEWED = "membership_renewed", _("Verlengde het lidmaatschap")
    # A day and nothing more: all that most sources tell of most people.
    SEEN = "seen", _("Was actief")


class Activity(TenantModel):
    """One identified thing a contact did. Born pending; the journeys consume it (decision D13)."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=24, choices=ActivityKind.choices)
    occurred_at = models.DateTimeField()
    branch = TenantForeignKey(Branch, models.SET_NULL, null=True, related_name="+")
    # What it was about: a catalogue record, an ISBN, an event's code, a kind of seat.
    subject_code = models.CharField(max_length=80, blank=True)
    subject_name = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=120)
    is_pending = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "source", "source_id"], name="once_per_source_id"),
        ]
        indexes = [
            models.Index(fields=["library", "contact", "occurred_at"], name="activity_of_contact"),
            # Who did this lately, and how often: read without the rows themselves.
            models.Index(
                fields=["library", "kind", "occurred_at"],
                include=["contact", "status", "branch"],
                name="activity_by_kind",
            ),
            models.Index(
                fields=["library", "id"], name="activity_pending", condition=models.Q(is_pending=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"
