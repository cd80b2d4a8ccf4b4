from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "bibmail.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Register the prefix lookup, and the sinks of the tables that stand on this floor."""
        from bibmail.tenancy import branch_sinks, lookups  # noqa: F401  # models can be imported only now

        branch_sinks.register()
