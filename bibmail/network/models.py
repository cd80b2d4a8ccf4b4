from django.db import models

from bibmail.tenancy.models import AggregateModel


class LibraryHealth(AggregateModel):
    """How the sending of one library stands now: one row, written with its sweep; nothing about a person."""

    # With which account it sends; empty where its keys do not open.
    account = models.CharField(max_length=60, blank=True)
    account_kind = models.CharField(max_length=8, blank=True)
    service_waiting_count = models.IntegerField(default=0)
    marketing_waiting_count = models.IntegerField(default=0)
    # Of those whose time has come; domain time.
    oldest_waiting_at = models.DateTimeField(null=True)
    unknown_count = models.IntegerField(default=0)
    imports_running_count = models.IntegerField(default=0)
    # The database's real clock.
    swept_at = models.DateTimeField()

    class Meta:
        ordering = ["library_id"]
        constraints = [models.UniqueConstraint(fields=["library"], name="one_health_per_library")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.swept_at}"


class LibraryStatsDaily(AggregateModel):
    """How one library stood on one day, and what became of the mails that left that day.

    Its own job counts; the network reads; nothing about a person.
    """

    day = models.DateField()
    people_count = models.IntegerField(default=0)
    members_count = models.IntegerField(default=0)
    with_address_count = models.IntegerField(default=0)
    consenting_count = models.IntegerField(default=0)
    data_use_count = models.IntegerField(default=0)
    suppressed_count = models.IntegerField(default=0)
    last_import_at = models.DateTimeField(null=True)
    refused_rows_count = models.IntegerField(default=0)
    # From here on the database fills in as well: yesterday's code does not name these.
    # Who could get a marketing mail today: an address, a consent, no stop, and 13 or older.
    reach_count = models.IntegerField(default=0, db_default=0)
    live_journeys_count = models.IntegerField(default=0, db_default=0)
    is_trial = models.BooleanField(default=True, db_default=True)
    # Of the mails that the ESP took on this day; what is told of them later is added to this day.
    service_sent_count = models.IntegerField(default=0, db_default=0)
    marketing_sent_count = models.IntegerField(default=0, db_default=0)
    delivered_count = models.IntegerField(default=0, db_default=0)
    soft_bounced_count = models.IntegerField(default=0, db_default=0)
    hard_bounced_count = models.IntegerField(default=0, db_default=0)
    complaints_count = models.IntegerField(default=0, db_default=0)
    unsubscribes_count = models.IntegerField(default=0, db_default=0)
    # Settled as skipped on this day; and given away on this day without an answer.
    skipped_count = models.IntegerField(default=0, db_default=0)
    unknown_count = models.IntegerField(default=0, db_default=0)
    # Added up on this day, after the bot verdict.
    human_clicks_count = models.IntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["-day", "library_id"]
        constraints = [
            models.UniqueConstraint(fields=["library", "day"], name="one_count_per_library_and_day"),
        ]
        indexes = [models.Index(fields=["day", "library"], name="stats_of_a_day")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.day}"
