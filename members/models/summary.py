"""What a contact did, added up in typed columns (decision D14): summary = fold(baseline, rows).

How each column merges stands in `members.summary`; figures that a source supplies live in columns of their
own, so that ours stay provable.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from bibmail.tenancy.models import TenantForeignKey, TenantModel
from members.models.contact import Contact


class _SummaryColumns(TenantModel):
    last_active_on = models.DateField(null=True)
    first_loan_on = models.DateField(null=True)
    last_loan_on = models.DateField(null=True)
    loans_count = models.IntegerField(default=0)
    recent_loans = ArrayField(models.DateField(), default=list)
    first_ebook_login_on = models.DateField(null=True)
    last_ebook_login_on = models.DateField(null=True)
    ebook_logins_count = models.IntegerField(default=0)
    last_ebook_loan_on = models.DateField(null=True)
    ebook_loans_count = models.IntegerField(default=0)
    last_film_stream_on = models.DateField(null=True)
    film_streams_count = models.IntegerField(default=0)
    last_seat_reservation_on = models.DateField(null=True)
    seat_reservations_count = models.IntegerField(default=0)
    recent_seat_reservations = ArrayField(models.DateField(), default=list)
    last_event_registration_on = models.DateField(null=True)
    event_registrations_count = models.IntegerField(default=0)
    last_profile_login_on = models.DateField(null=True)

    class Meta:
        abstract = True


class ActivitySummary(_SummaryColumns):
    """One row per contact who ever did something; segments and triggers read this."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="summary")
    # As the source counts them; most loans are never delivered row by row.
    source_loans_last_12m = models.IntegerField(null=True)
    source_loans_previous_12m = models.IntegerField(null=True)
    source_as_of_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "contact"], name="one_summary_per_contact"),
        ]
        # Who crosses "a year without activity" today is a range of a few days in it.
        indexes = [models.Index(fields=["library", "last_active_on"], name="summary_by_last_active")]

    def __str__(self) -> str:
        return f"summary of {self.contact_id}"


class ActivityBaseline(_SummaryColumns):
    """What rows that retention deleted had added up to."""

    contact = TenantForeignKey(Contact, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library", "contact"], name="one_baseline_per_contact"),
        ]

    def __str__(self) -> str:
        return f"baseline of {self.contact_id}"
