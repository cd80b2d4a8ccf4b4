class CannotShow(Exception):
    """The demo cannot start or go on; the message says why and what mends it."""
