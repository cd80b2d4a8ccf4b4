from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        """Register what only journeys ask of people, what they tell of one, and their acts in words."""
        from bibmail.tenancy import acts
        from campaigns import resending
        from journeys import joining, panels, resent, segment_fields, why

        segment_fields.register()
        panels.register()
        joining.register()
        why.register()
        resending.register(resent.follow)
        acts.register("journey.activated", _("zette de klantreis ‘{label}’ aan (versie {version})"))
        acts.register("journey.settings_changed", _("paste de klantreis ‘{label}’ aan (versie {version})"))
        acts.register("journey.paused", _("legde de klantreis ‘{label}’ stil"))
        acts.register("journey.resumed", _("liet de klantreis ‘{label}’ verdergaan"))
        acts.register("journey.stopped", _("stopte de klantreis ‘{label}’; {left} mensen verlieten ze"))
