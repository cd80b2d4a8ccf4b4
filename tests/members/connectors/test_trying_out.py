"""The test of a connection calls somebody else's server, so no transaction may be open meanwhile."""

from typing import Any

import pytest
from django.db import connection

from members.connectors.door import Door
from tests import pages
from tests.members.connectors.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_page_calls_out_with_no_transaction_open(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    source, editor = stage.uit(), pages.editor(stage.library)
    open_meanwhile: list[bool] = []
    call = Door.call

    def looking(self: Door, *args: Any, **more: Any) -> Any:
        open_meanwhile.append(connection.in_atomic_block)
        return call(self, *args, **more)

    monkeypatch.setattr(Door, "call", looking)

    answer = editor.post(pages.at(stage.library, "source-test", source.pk), follow=True)

    assert "De verbinding werkt" in answer.content.decode()
    assert open_meanwhile
    assert not any(open_meanwhile)
