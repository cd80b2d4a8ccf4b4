from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, and what follows on the file of another."""
        from consent import sinks

        sinks.register()
