from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns, the news they bring, and what it tells on a person's page."""
        from bibmail.tenancy import acts
        from members import actions, changes, panels, sinks, timeline
        from members.connectors import cloudlibrary, drop_folder, files, uitdatabank, wise
        from members.matching import own_rows

        sinks.register()
        changes.register()
        panels.register(0, timeline.part_of)
        own_rows.register()
        for connector in (wise, cloudlibrary, uitdatabank, drop_folder):
            connector.register()
        files.register_way_in(actions.note_local_file)
        acts.register("contact.joined", _("voegde iemand samen met contact {number}"))
        acts.register("contact.split", _("splitste contact {number}"))
        acts.register(
            "contact.identity_undone", _("maakte een samenvoeging of splitsing van contact {number} ongedaan")
        )
        acts.register(
            "contact.two_people", _("zei dat contact {number} niet dezelfde persoon is als iemand anders")
        )
        acts.register("custom_field.added", _("voegde het eigen veld ‘{code}’ toe"))
        acts.register("custom_field.changed", _("paste het eigen veld ‘{code}’ aan"))
        acts.register("custom_field.removed", _("haalde het eigen veld ‘{code}’ weg, met {people} waarden"))
        acts.register("custom_field.value_changed", _("paste ‘{code}’ aan bij contact {number}"))
        acts.register("source.added", _("voegde een bron toe ({connector})"))
        acts.register("source.changed", _("paste bron {number} aan ({connector})"))
        acts.register("source.paused", _("zette bron {number} op pauze ({connector})"))
        acts.register("source.resumed", _("zette bron {number} weer aan ({connector})"))
        acts.register("source.removed", _("haalde bron {number} weg ({connector})"))
        acts.register("source.fetched", _("liet bron {number} nu ophalen ({connector})"))
        acts.register("contact.doubles_viewed", _("bekeek {people} mogelijke dubbels"))
        acts.register("contact.doubles_joined", _("voegde {people} zekere dubbels samen"))
