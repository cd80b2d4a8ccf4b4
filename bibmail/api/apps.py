from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "bibmail.api"

    def ready(self) -> None:
        """Tell the audit trail the words of what colleagues do here."""
        from bibmail.api import acts

        acts.register()
