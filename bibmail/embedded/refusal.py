"""The one exception to catch: whatever keeps the services from running comes as a sentence."""


class Refused(Exception):
    """The services cannot run; the message says why, where, and what mends it."""
