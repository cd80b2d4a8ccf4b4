from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        """Register the files of library content, and how a library looks to its members."""
        from campaigns import house, sinks

        sinks.register()
        house.register()
