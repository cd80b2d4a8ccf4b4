from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"

    def ready(self) -> None:
        """Register the file this app owns, what follows on another's, and its part of a person's page."""
        from consent import joining, panels, segment_fields, sinks
        from consent.topics import codes_to_refuse
        from members.connectors import opt_outs

        sinks.register()
        segment_fields.register()
        panels.register()
        joining.register()
        opt_outs.register_topics(codes_to_refuse)
