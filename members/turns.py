"""One at a time in a library: bringing a file in and letting old rows go."""

from django.db import connection

from bibmail.tenancy import current_library_id

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('import'), %(library_id)s::int)"


def take() -> None:
    """Wait until nobody else merges or retires here; the turn ends with the transaction.

    A statement of its own, so that the next one sees what whoever went before has written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, {"library_id": current_library_id()})
