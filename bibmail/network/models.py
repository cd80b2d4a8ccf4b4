from django.db import models

from bibmail.tenancy.models import AggregateModel


class LibraryStatsDaily(AggregateModel):
    """How one library stood on one day. Its own job counts; the network reads; nothing about a person."""

    day = models.DateField()
    people_count = models.IntegerField(default=0)
    members_count = models.IntegerField(default=0)
    with_address_count = models.IntegerField(default=0)
    consenting_count = models.IntegerField(default=0)
    data_use_count = models.IntegerField(default=0)
    suppressed_count = models.IntegerField(default=0)
    last_import_at = models.DateTimeField(null=True)
    refused_rows_count = models.IntegerField(default=0)

    class Meta:
        ordering = ["-day", "library_id"]
        constraints = [
            models.UniqueConstraint(fields=["library", "day"], name="one_count_per_library_and_day"),
        ]
        indexes = [models.Index(fields=["day", "library"], name="stats_of_a_day")]

    def __str__(self) -> str:
        return f"{self.library_id} {self.day}"
