"""The files this app owns: who the people are and what they did."""

from members.sinks import activities, households, lists, people


def register() -> None:
    people.register()
    households.register()
    activities.register()
    lists.register()
