"""Keys, endpoints and messages in words."""

from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.api.models import ApiKey, WebhookDelivery, WebhookEndpoint

_FAULTS = {
    "timeout": gettext_lazy("Het programma antwoordde te traag."),
    "no_connection": gettext_lazy("We kregen geen verbinding."),
    "no_certificate": gettext_lazy("Het certificaat van het adres klopt niet."),
    "no_answer": gettext_lazy("Het antwoord was geen HTTP."),
    "no_secret": gettext_lazy("Het geheim is niet meer leesbaar. Geef deze webhook een nieuw geheim."),
    "bad_url": gettext_lazy("Het webadres klopt niet."),
    "not_https": gettext_lazy("Het webadres begint niet met https://."),
    "not_public": gettext_lazy("Dit adres ligt niet op het open internet. We roepen het niet op."),
    "unknown_host": gettext_lazy("Dit webadres bestaat niet."),
}


class Stand(NamedTuple):
    """A state in a word, with the tone and icon of its chip."""

    words: str
    tone: str
    icon: str


class Shown(NamedTuple):
    """A message as a line of the list."""

    delivery: WebhookDelivery
    stand: Stand
    answer: str


def of_key(key: ApiKey, *, today: date) -> Stand:
    """Whether this key works."""
    if key.revoked_at:
        return Stand(_("Ingetrokken"), "bad", "circle-x")
    if key.is_expired(today):
        return Stand(_("Verlopen"), "warn", "clock-exclamation")
    if key.last_used_at is None:
        return Stand(_("Nog niet gebruikt"), "brand", "key")
    return Stand(_("Werkt"), "good", "circle-check")


def of_endpoint(endpoint: WebhookEndpoint) -> Stand:
    """How this endpoint is doing."""
    if endpoint.state == WebhookEndpoint.State.PAUSED:
        return Stand(_("Gepauzeerd"), "warn", "player-pause")
    if endpoint.state == WebhookEndpoint.State.DISABLED:
        return Stand(_("Uitgezet"), "bad", "plug-connected-x")
    if endpoint.failing_since:
        return Stand(_("Hapert"), "warn", "alert-triangle")
    return Stand(_("Aan"), "good", "circle-check")


def of_delivery(delivery: WebhookDelivery) -> Shown:
    """What became of this message."""
    stands = {
        WebhookDelivery.State.WAITING: Stand(_("Wacht"), "brand", "clock"),
        WebhookDelivery.State.DELIVERED: Stand(_("Afgeleverd"), "good", "circle-check"),
        WebhookDelivery.State.FAILED: Stand(_("Mislukt"), "bad", "circle-x"),
    }
    answer = str(_FAULTS.get(delivery.fault, ""))
    if delivery.status:
        answer = _("Antwoord %(status)s") % {"status": delivery.status}
    return Shown(delivery, stands[WebhookDelivery.State(delivery.state)], answer)
