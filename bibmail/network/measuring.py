"""How the sending of one library stands, counted by its own job into one row that the network reads."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bibmail.network.models import LibraryHealth
from bibmail.tenancy import clock
from campaigns.delivery import accounts

# Counting a long queue costs; a minute old is new enough.
_EVERY = timedelta(seconds=55)

_MEASURE = """
    WITH queue AS (
        SELECT count(*) FILTER (WHERE m.message_class = 'service')  AS service,
               count(*) FILTER (WHERE m.message_class <> 'service') AS marketing,
               min(greatest(g.queued_at, g.not_before)) FILTER (WHERE g.not_before <= %(at)s) AS oldest
          FROM campaigns_message AS g
          JOIN campaigns_mailing AS m ON m.id = g.mailing_id
         WHERE g.state = 'queued'
    ),
    doubted AS (
        SELECT count(*) AS unknown FROM campaigns_message WHERE state = 'unknown' AND resent_as = ''
    ),
    imports AS (
        SELECT count(*) AS running FROM members_importrun WHERE state = 'running'
    )
    INSERT INTO network_libraryhealth AS h (
               library_id, account, account_kind, service_waiting_count, marketing_waiting_count, oldest_waiting_at,
               unknown_count, imports_running_count, swept_at)
    SELECT (SELECT current_library_id()), %(account)s, %(kind)s, queue.service, queue.marketing, queue.oldest,
           doubted.unknown, imports.running, clock_timestamp()
      FROM queue, doubted, imports
        ON CONFLICT (library_id) DO UPDATE
       SET account = excluded.account, account_kind = excluded.account_kind,
           service_waiting_count = excluded.service_waiting_count,
           marketing_waiting_count = excluded.marketing_waiting_count,
           oldest_waiting_at = excluded.oldest_waiting_at, unknown_count = excluded.unknown_count,
           imports_running_count = excluded.imports_running_count, swept_at = excluded.swept_at
     -- Where nothing changed, the moment of the sweep is written every five minutes.
     WHERE (h.account, h.account_kind, h.service_waiting_count, h.marketing_waiting_count, h.oldest_waiting_at,
            h.unknown_count, h.imports_running_count)
           IS DISTINCT FROM
           (excluded.account, excluded.account_kind, excluded.service_waiting_count,
            excluded.marketing_waiting_count, excluded.oldest_waiting_at, excluded.unknown_count,
            excluded.imports_running_count)
        OR h.swept_at < excluded.swept_at - interval '5 minutes'
"""


def measure(*, at: datetime) -> None:
    """Count the library we act for into its row; one that was just written stays as it is."""
    if LibraryHealth.objects.filter(swept_at__gt=clock.database_now() - _EVERY).exists():
        return
    try:
        account = accounts.in_use()
        code, kind = account.code, account.kind
    except accounts.SealedShut:
        code = kind = ""
    values: dict[str, Any] = {"at": at, "account": code, "kind": kind}
    with connection.cursor() as cursor:
        cursor.execute(_MEASURE, values)
