"""What colleagues do with keys and webhooks, in the words of the audit trail."""

from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import acts

_WORDS = {
    "api_key.made": _("maakte API-sleutel {number}"),
    "api_key.replaced": _("verving een API-sleutel door nummer {number}"),
    "api_key.revoked": _("trok API-sleutel {number} in"),
    "api_key.first_used": _("zag API-sleutel {number} voor het eerst in gebruik"),
    "api_key.read_contact": _("liet API-sleutel {key} de gegevens van contact {number} lezen"),
    "webhook.added": _("voegde webhook {number} toe"),
    "webhook.secret_renewed": _("gaf webhook {number} een nieuw geheim"),
    "webhook.tested": _("testte webhook {number}"),
    "webhook.paused": _("pauzeerde webhook {number}"),
    "webhook.resumed": _("zette webhook {number} weer aan"),
    "webhook.disabled": _("zette webhook {number} uit, omdat er een dag lang niets aankwam"),
    "webhook.removed": _("verwijderde webhook {number}"),
    "webhook.replayed": _("stuurde een bericht van webhook {number} opnieuw"),
}


def register() -> None:
    """Called from AppConfig.ready()."""
    for act, words in _WORDS.items():
        acts.register(act, words)
