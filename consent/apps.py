from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, what follows on another's, and its part of a person's page."""
        from bibmail.tenancy import acts
        from consent import joining, panels, segment_fields, sinks

        sinks.register()
        segment_fields.register()
        panels.register()
        joining.register()
        acts.register("signup_form.added", _("maakte aanmeldformulier {number}"))
        acts.register("signup_form.changed", _("paste aanmeldformulier {number} aan"))
