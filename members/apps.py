from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns, the news they bring, and what it tells on a person's page."""
        from bibmail.tenancy import acts
        from members import (
            actions,
            changes,
            deliveries,
            doubles,
            inventory,
            panels,
            quality,
            retention,
            segments,
            sinks,
            timeline,
        )
        from members.connectors import cloudlibrary, drop_folder, files, uitdatabank, wise
        from members.matching import own_rows
        from members.segments import belonging

        segments.register_fields()
        sinks.register()
        changes.register()
        panels.register(0, timeline.part_of)
        own_rows.register()
        quality.register_own()
        quality.register_other(doubles.as_trouble)
        quality.register_other(deliveries.as_trouble)
        inventory.register_own()
        retention.register_clocks()
        acts.register("quality.viewed", _("bekeek de mensen bij de controle ‘{check}’"))
        acts.register("contact.corrected", _("verbeterde gegevens van contact {number}"))
        belonging.register()
        acts.register("import.undone", _("maakte inlading {number} ongedaan"))
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
        acts.register("contact.relation_added", _("voegde een relatie toe bij contact {number}"))
        acts.register("contact.relation_ended", _("beëindigde een relatie van contact {number}"))
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
        acts.register("list.added", _("maakte lijst {number}"))
        acts.register("list.changed", _("paste lijst {number} aan"))
        acts.register("list.viewed", _("bekeek de mensen op lijst {number}"))
        acts.register("list.archived", _("archiveerde lijst {number}"))
        acts.register("list.taken_back", _("haalde lijst {number} uit het archief"))
        acts.register("list.people_added", _("zette {people} mensen op lijst {number}"))
        acts.register("list.people_removed", _("haalde {people} mensen van lijst {number}"))
        acts.register("non_members.kept", _("bewaart niet-leden voortaan {months} maanden"))
        acts.register("segment.created", _("maakte doelgroep {number}"))
        acts.register("segment.saved", _("bewaarde doelgroep {number}, versie {version}"))
        acts.register("segment.renamed", _("gaf doelgroep {number} een andere naam"))
        acts.register("segment.archived", _("borg doelgroep {number} op"))
        acts.register("segment.people_viewed", _("bekeek {people} mensen uit doelgroep {number}"))
        acts.register("contact.segments_viewed", _("bekeek in welke doelgroepen iemand zit"))
        acts.register("segment.why_viewed", _("bekeek waarom iemand in doelgroep {number} zit of niet"))
