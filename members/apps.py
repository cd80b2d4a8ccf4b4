from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        """Register the files this app owns."""
        from members import sinks

        sinks.register()
