from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "bibmail.network"
    label = "network"

    def ready(self) -> None:
        """Have each library measure itself with its sweep."""
        from bibmail.network import measuring
        from campaigns import sweeping

        sweeping.register(measuring.measure)
