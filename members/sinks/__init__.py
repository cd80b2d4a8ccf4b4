"""The files this app owns: who the people are and what they did."""

from members.sinks import activities, custom, external, households, people


def register() -> None:
    people.register()
    households.register()
    activities.register()
    custom.register()
    external.register()
