from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """Register the files of library content."""
        from campaigns import sinks

        sinks.register()
