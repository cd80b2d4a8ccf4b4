"""Stops: read by the gate at the last moment, so that they work within one batch."""

from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import SharedModel, TenantModel


class NetworkSwitch(SharedModel):
    """The one row by which Cultuurconnect stops all sending, or all marketing mail, of all libraries."""

    is_on = models.BooleanField(default=True)
    marketing_is_on = models.BooleanField(default=True)
    reason = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="only_one_network_switch")]

    def __str__(self) -> str:
        return "on" if self.is_on else "off"


class SendingSettings(TenantModel):
    """When and whether a library sends; one row per library, made when it is first needed."""

    is_on = models.BooleanField(_("mails versturen"), default=True)
    # Until it is over, only the addresses of colleagues get mail (proef).
    is_trial = models.BooleanField(_("in proef"), default=True)
    opens = models.TimeField(_("niet vóór"), default=time(8))
    closes = models.TimeField(_("niet na"), default=time(20))
    on_sunday = models.BooleanField(_("ook op zondag"), default=False)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["library"], name="one_row_of_sending_settings"),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")), name="sending_window_is_open"
            ),
        ]

    def __str__(self) -> str:
        return "trial" if self.is_trial else "live"
