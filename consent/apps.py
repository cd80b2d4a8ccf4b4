from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, what follows on another's, and its part of a person's page."""
        from consent import erasing, joining, panels, segment_fields, sinks
        from members import erasure

        sinks.register()
        erasure.register("consent", erasing.remember)
        segment_fields.register()
        panels.register()
        joining.register()
