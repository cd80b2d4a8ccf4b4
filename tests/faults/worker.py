"""Processes that a test may kill: they see the database of the test, as the plain role."""

import os

from django.db import connection

from bibmail.tenancy import database


def environ(**more: str) -> dict[str, str]:
    """The environment of such a process."""
    name = connection.settings_dict["NAME"]
    url = f"{database.with_database(os.environ['DATABASE_URL'], name)}&options=-c%20role%3Dbibmail_app"
    return os.environ | {"DATABASE_URL": url} | more
