from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, what follows on another's, and its part of a person's page."""
        from bibmail.tenancy import acts
        from consent import (
            barriers,
            erasing,
            inventory,
            joining,
            panels,
            quality,
            segment_fields,
            sinks,
            sources,
        )
        from consent.topics import codes_to_refuse
        from members import erasure, funnel, nonmembers
        from members.connectors import opt_outs
        from members.models import FunnelStage

        sinks.register()
        sources.register()
        erasure.register("consent", erasing.remember)
        segment_fields.register()
        barriers.register()
        panels.register()
        joining.register()
        quality.register()
        inventory.register()
        # Who still wants mail is kept; who ever gave consent is interested, at least.
        in_force = "g.opened_at <= %(at)s AND (g.closed_at IS NULL OR g.closed_at > %(at)s)"
        wants = f"EXISTS (SELECT FROM consent_consent AS g WHERE g.contact_id = c.id AND {in_force})"
        nonmembers.keep_while(wants)
        funnel.register(FunnelStage.Stage.INTERESTED, wants)
        acts.register("signup_form.added", _("maakte aanmeldformulier {number}"))
        acts.register("signup_form.changed", _("paste aanmeldformulier {number} aan"))
        opt_outs.register_topics(codes_to_refuse)
