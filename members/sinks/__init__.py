"""The files this app owns: who the people are and what they did."""

from members.sinks import activities, custom, deleted, external, households, lists, people


def register() -> None:
    people.register()
    households.register()
    activities.register()
    custom.register()
    lists.register()
    external.register()
    deleted.register()
