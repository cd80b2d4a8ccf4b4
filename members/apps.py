from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns, the news they bring, and what it tells on a person's page."""
        from bibmail.tenancy import acts
        from members import changes, panels, sinks, timeline
        from members.matching import own_rows
        from members.segments import belonging

        sinks.register()
        changes.register()
        panels.register(0, timeline.part_of)
        own_rows.register()
        belonging.register()
        acts.register("contact.joined", _("voegde iemand samen met contact {number}"))
        acts.register("contact.split", _("splitste contact {number}"))
        acts.register(
            "contact.identity_undone", _("maakte een samenvoeging of splitsing van contact {number} ongedaan")
        )
        acts.register(
            "contact.two_people", _("zei dat contact {number} niet dezelfde persoon is als iemand anders")
        )
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
