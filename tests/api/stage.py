"""A library with a key, and a program that uses it."""

from typing import Any, NamedTuple

from django.test import Client

from bibmail.api import keyring
from bibmail.api.models import ApiKey, Scope
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from tests.factories import NOON


class Program(NamedTuple):
    """A program at a library: the key it shows."""

    library: Library
    key: ApiKey
    shown: str

    def post(self, path: str, body: Any, **headers: str) -> Any:
        return Client(raise_request_exception=False).post(
            f"/api/v1{path}", body, content_type="application/json", headers=self._with(headers)
        )

    def get(self, path: str, **headers: str) -> Any:
        return Client(raise_request_exception=False).get(f"/api/v1{path}", headers=self._with(headers))

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.shown}", **named}


def a_program(library: Library, *, scopes: list[str] | None = None, **fields: Any) -> Program:
    """A new key of this library, with every right unless told otherwise."""
    made = keyring.make(library.pk)
    values: dict[str, Any] = {
        "name": "Kassa", "source": "api:kassa", "created_at": NOON, "calls_left_at": NOON, "calls_left": 60,
    }  # fmt: skip
    with acting_for(library.pk):
        key = ApiKey.objects.create(
            prefix=made.prefix,
            secret_sha256=made.secret_sha256,
            scopes=Scope.values if scopes is None else scopes,
            **(values | fields),
        )
    return Program(library, key, made.shown)


def a_member(number: str = "730001", **fields: Any) -> dict[str, Any]:
    """An item for /contacts."""
    return {"externalId": number, "firstName": "Noor", "lastName": "Lemmens"} | fields
