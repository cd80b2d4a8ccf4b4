"""What rules ask of the ledger: found by its indexes, which begin with the library."""

from datetime import timedelta

import pytest
from django.db import connection

from bibmail.tenancy import staging
from bibmail.tenancy.models import Library
from campaigns.models import Message
from members.segments import people
from tests import factories
from tests.factories import NOON


@pytest.mark.parametrize(("field", "index"), [("mailed", "messages_by_day"), ("clicked", "messages_clicked")])
def test_the_ledger_is_looked_up_by_an_index(library: Library, field: str, index: str) -> None:
    # Three mails a day for almost three years: few are of the last week.
    mailing, person = factories.a_mailing(), factories.a_contact()
    days = [NOON - timedelta(days=number // 3) for number in range(3000)]
    Message.objects.bulk_create(
        Message(key=f"x:{number}", mailing=mailing, contact=person, recipient=person, state="accepted",
                queued_at=day, not_before=day, not_after=day, accepted_at=day, clicked_at=day)
        for number, day in enumerate(days)
    )  # fmt: skip
    staging.refresh_statistics("campaigns_message", after=len(days))
    statement, params = people.select({"field": field, "op": "lte", "value": 7}, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    found = next(one for one in Message._meta.indexes if one.name == index)

    assert index in plan
    assert found.fields[0] == "library"


def test_who_allows_no_measuring_neither_clicked_nor_did_not(library: Library) -> None:
    quiet = factories.a_contact()
    factories.a_message(quiet, state="accepted", accepted_at=NOON, clicked_at=NOON)
    for op in ("lte", "gte"):
        rule = {"field": "clicked", "op": op, "value": 30}

        assert people.counts_of([rule, {"not": rule}], at=NOON) == [0, 0]
