from datetime import timedelta

from django.db import models


class Deployment(models.Model):
    """The one row that says what this database serves, and how far its domain clock is moved."""

    environment = models.CharField(max_length=20)
    clock_offset = models.DurationField(default=timedelta)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="only_one_deployment"),
            models.CheckConstraint(
                condition=~models.Q(environment="production") | models.Q(clock_offset=timedelta()),
                name="production_has_real_time",
            ),
        ]

    def __str__(self) -> str:
        return self.environment
