from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns, and what it tells on a person's page."""
        from members import panels, sinks, timeline

        sinks.register()
        panels.register(0, timeline.part_of)
