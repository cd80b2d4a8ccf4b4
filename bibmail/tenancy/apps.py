from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "bibmail.tenancy"
    label = "tenancy"

    def ready(self) -> None:
        """Register the prefix lookup, the checks, and the sinks of the tables that stand on this floor.

        The Celery app is made here too, or a web process would ring a bell at no known address.
        """
        from bibmail import celery  # noqa: F401
        from bibmail.tenancy import branch_sinks, checks, lookups  # noqa: F401  # models can be imported only now

        branch_sinks.register()
