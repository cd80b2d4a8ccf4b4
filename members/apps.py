from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns, the news they bring, and what it tells on a person's page."""
        from members import changes, panels, sinks, timeline

        sinks.register()
        changes.register()
        panels.register(0, timeline.part_of)
