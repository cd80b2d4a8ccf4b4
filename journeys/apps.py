from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "journeys"

    def ready(self) -> None:
        """Register what only journeys ask of people."""
        from journeys import segment_fields

        segment_fields.register()
