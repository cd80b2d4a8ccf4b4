from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, what follows on another's, and its part of a person's page."""
        from consent import inventory, joining, panels, quality, segment_fields, sinks

        sinks.register()
        segment_fields.register()
        panels.register()
        joining.register()
        quality.register()
        inventory.register()
