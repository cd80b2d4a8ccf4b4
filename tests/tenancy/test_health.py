import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client


def test_a_living_process_says_so_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_a_ready_process_has_database_and_broker(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.content == b"database: ok\nbroker: ok\n"
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_database_behind_the_code_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'journeys' OR name = '0002_fences'")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"migrations are not applied" in answer.content


@pytest.mark.django_db
def test_the_owner_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE bibmail_owner")

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert b"not bound by row-level security" in answer.content


@pytest.mark.django_db
def test_a_silent_broker_is_named(
    client: Client, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bibmail.celery import app

    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere/valkey.sock")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis+socket:///nowhere/valkey.sock")

    answer = client.get("/readyz")

    assert answer.content == b"database: ok\nbroker: not reachable\n"


def test_health_is_told_without_tls(client: Client, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
