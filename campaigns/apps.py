from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """Register the files of library content, how a library looks to its members, and the mails of a person."""
        from bibmail.tenancy import acts
        from campaigns import house, joining, panels, retention, segment_fields, segment_uses, sinks, tasks
        from consent.signup import asking
        from members import erasure, funnel
        from members.models import FunnelStage

        sinks.register()
        house.register()
        panels.register()
        joining.register()
        retention.register()
        funnel.register(
            FunnelStage.Stage.REACHED,
            "EXISTS (SELECT FROM campaigns_message AS g WHERE g.recipient_id = c.id AND g.state = 'accepted')",
        )
        erasure.register("campaigns", retention.forget_erased)
        asking.register_bell(tasks.ring_confirmations)
        segment_uses.register()
        segment_fields.register()
        acts.register("brand.changed", _("paste de huisstijl of de afzender aan"))
        acts.register("texts.changed", _("paste de teksten en adressen aan"))
        acts.register("service.changed", _("paste de dienst ‘{code}’ aan"))
        acts.register("sending.trial_left", _("beëindigde de proef"))
        acts.register("sending.trial_entered", _("zette de bib terug in proef"))
        acts.register("sending.stopped", _("legde het versturen van alle mails stil"))
        acts.register("sending.resumed", _("zette het versturen weer aan"))
        acts.register("sending_account.added", _("koos een eigen verzendaccount ({kind})"))
        acts.register("sending_account.changed", _("paste het eigen verzendaccount aan ({kind})"))
        acts.register("sending_account.webhook", _("maakte een nieuw wachtwoord voor de webhooks ({kind})"))
        acts.register("sending_account.left", _("ging terug naar het verzendaccount van het netwerk"))
        acts.register(
            "messages.resent",
            _("stuurde {mails} mails opnieuw waarvan niemand wist of ze vertrokken waren. Reden: {reason}"),
        )
        acts.register("newsletter.added", _("begon nieuwsbrief {number}"))
        acts.register("newsletter.removed", _("gooide de kladversie van nieuwsbrief {number} weg"))
        acts.register("newsletter.planned", _("plande nieuwsbrief {number} in voor {people} mensen"))
        acts.register("newsletter.taken_back", _("haalde nieuwsbrief {number} uit de planning"))
        acts.register("newsletter.sent", _("verstuurde nieuwsbrief {number} naar {people} mensen"))
        acts.register("newsletter.paused", _("zette nieuwsbrief {number} stil"))
        acts.register("newsletter.goes_on", _("liet nieuwsbrief {number} verder vertrekken"))
        acts.register(
            "newsletter.stopped", _("stopte nieuwsbrief {number}; {people} mensen krijgen hem niet meer")
        )
