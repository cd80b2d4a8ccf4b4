"""Random requests, made from our own document: nothing fails with 500, and every answer is as documented."""

from typing import Any

import pytest
import schemathesis
from django.conf import LazySettings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from bibmail.api.service import api
from tests import factories
from tests.api.stage import a_program

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

_CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_random_requests_get_documented_answers(settings: LazySettings, method: str) -> None:
    settings.API_BURST = settings.API_CALLS_PER_MINUTE = 1_000_000
    program = a_program(factories.a_library(slug="zottegem"), calls_left=1_000_000)
    document: dict[str, Any] = dict(api.get_openapi_schema())
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()

    seen = 0
    operations: Any = schema.include(method=method).get_all_operations()
    for result in operations:
        seen += _tried(result.ok(), program.shown)
    assert seen >= 20


def _tried(operation: Any, shown: str) -> int:
    count = 0

    @given(
        case=st.one_of(operation.as_strategy(), operation.as_strategy(schemathesis.GenerationMode.NEGATIVE))
    )
    @examples(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(case: Any) -> None:
        nonlocal count
        count += 1
        answer = case.call(headers={"Authorization": f"Bearer {shown}"})
        case.validate_response(answer, checks=_CHECKS)

    attempt()
    return count
