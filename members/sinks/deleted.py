"""The file `deleted_members`: who is no longer known at the source, and so not here."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks
from bibmail.tenancy.sinks import Column, Outcome, Run, Sink
from members import erasure

COLUMNS = (
    Column(name="member", header="externalId", label=_("Nummer in het bibliotheeksysteem"), required=True,
           max_length=80, aliases=("PATRON_ID", "patronSystemId", "lenernummer", "memberExternalId",
                                   "borrowernumber")),
)  # fmt: skip

_CHOSEN = "SELECT k.id FROM accepted AS s JOIN members_contact AS k ON k.external_id = s.member"
_COUNT = f"""
    SELECT (SELECT count(*) FROM ({_CHOSEN}) AS chosen),
           (SELECT count(*) FROM members_contact WHERE kind <> 'merged'),
           (SELECT count(*) FROM accepted)
"""
_A_FIFTH = 5


def merge_deleted_members(run: Run) -> Outcome:
    """Erase the people named; whom we do not know counts as unchanged. Raises TooManyGone."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        named, of, total = cursor.fetchone()
    if named * _A_FIFTH > of and not run.is_removal_confirmed:
        raise sinks.TooManyGone(named, of)
    erased = erasure.erase(_CHOSEN, source=run.source, at=run.at)
    return Outcome(changed=named, unchanged=total - named, removed=erased, vanished=named, vanished_of=of)


def register() -> None:
    sinks.register(
        Sink(code="deleted_members", label=_("Gewiste leden"), order=65, columns=COLUMNS, key=("member",),
             merge=merge_deleted_members)
    )  # fmt: skip
