"""What must be true of the database before a process may serve: web and workers ask at their start."""

import sys

from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection, connections

from bibmail.tenancy import guard, roles
from bibmail.tenancy.models.deployment import Deployment

# gunicorn starts a worker again after any other code, for ever.
_GIVE_UP = 3


class UnfitDatabase(Exception):
    """This database may not be served from here; the message says why and what to do."""


def refuse_unfit_database() -> None:
    """Raise UnfitDatabase unless role, fences and environment are as they must be."""
    try:
        with connection.cursor() as cursor:
            roles.refuse_unfit_role(cursor)
        found = Deployment.objects.values_list("environment", flat=True).first()
        gaps = guard.gaps()
    except roles.UnfitRole as refusal:
        raise UnfitDatabase(str(refusal)) from None
    except OperationalError as refusal:
        raise UnfitDatabase(unreachable(refusal)) from None
    except ProgrammingError:
        raise UnfitDatabase(
            "The database has no tables yet. Run `manage.py migrate` as bibmail_migrate."
        ) from None
    if found != settings.ENVIRONMENT:
        raise UnfitDatabase(
            f"This database serves {found!r} and BIBMAIL_ENVIRONMENT says {settings.ENVIRONMENT!r}. "
            "Correct BIBMAIL_ENVIRONMENT, or let DATABASE_URL name another database."
        )
    if gaps:
        raise UnfitDatabase(
            "The fences between libraries have gaps:\n  "
            + "\n  ".join(gaps)
            + "\nRun `manage.py migrate` as bibmail_migrate; see docs/operations.md."
        )


def unreachable(refusal: Exception) -> str:
    """A sentence without the password; libpq never repeats it."""
    return (
        f"The database cannot be reached as {connection.settings_dict['USER']!r}: "
        f"{str(refusal).strip().splitlines()[0]}. Check user, password and host in DATABASE_URL."
    )


def check_or_leave() -> None:
    """End this process with a sentence when its database is unfit; leave no connection to inherit."""
    try:
        refuse_unfit_database()
    except UnfitDatabase as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(_GIVE_UP)
    finally:
        connections.close_all()
