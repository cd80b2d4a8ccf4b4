"""Whether this database may send at all: a restored or copied one must not send its mail a second time."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import SharedModel


class SendingFence(SharedModel):
    """The one row that says which database and which installation send, and that they live.

    Moments are of the database's real clock; the identity is a hash of a secret outside the database.
    """

    class Why(models.TextChoices):
        DATABASE = "database", _("De databank is teruggezet of gekopieerd")
        INSTALLATION = "installation", _("De databank draait op een andere installatie")
        SILENCE = "silence", _("Er was meer dan een kwartier geen teken van leven")
        MARK = "mark", _("De databank weet van minder mails dan er al vertrokken")

    # "<system identifier>:<timeline>" as PostgreSQL tells it.
    database = models.CharField(max_length=60, blank=True)
    installation = models.CharField(max_length=64, blank=True)
    beat_at = models.DateTimeField(null=True)
    # Calls to an ESP so far; the same number stands in a file outside the database.
    submissions_count = models.BigIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    locked_why = models.CharField(max_length=12, choices=Why.choices, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="only_one_sending_fence")]

    def __str__(self) -> str:
        return self.locked_why or "open"
