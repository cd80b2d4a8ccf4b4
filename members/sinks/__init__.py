"""The files this app owns: who the people are and what they did."""

from members.sinks import activities, custom, deleted, external, households, people


def register() -> None:
    people.register()
    households.register()
    activities.register()
    custom.register()
    external.register()
    deleted.register()
