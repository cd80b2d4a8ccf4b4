"""One small question to an ESP, to see whether it answers and lets us in; nothing is sent. No transaction is open."""

import smtplib
from typing import Any

import environ
import requests
from django.conf import settings
from django.core.mail import get_connection

from campaigns.delivery.esp.account import Account, refuse_strangers


class NotLetIn(Exception):
    """It answers, and does not take these keys."""


class NoAnswer(Exception):
    """Nobody answers there as an ESP does."""


def try_out(account: Account) -> None:
    """Raises NotLetIn, NoAnswer, NotFromHere."""
    refuse_strangers(account)
    match account.kind:
        case "brevo":
            _get(f"{account.url.rstrip('/')}/account", headers={"api-key": account.secret})
        case "mailgun":
            address = f"{account.url.rstrip('/')}/{account.domain}/events"
            _get(address, params={"limit": "1"}, auth=("api", account.secret))
        case _:
            _smtp(account)


def _get(address: str, **named: Any) -> None:
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.get(address, timeout=(3, 8), allow_redirects=False, **named)
        except requests.RequestException:
            raise NoAnswer from None
    # Mailgun says of a domain that these keys do not know that it is not there.
    if answer.status_code in {401, 403, 404}:
        raise NotLetIn
    if answer.status_code != 200:
        raise NoAnswer


def _smtp(account: Account) -> None:
    config = environ.Env.email_url_config(account.url)
    connection = get_connection(
        config["EMAIL_BACKEND"],
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"],
        username=config["EMAIL_HOST_USER"],
        password=config["EMAIL_HOST_PASSWORD"],
        use_tls=config.get("EMAIL_USE_TLS", False),
        use_ssl=config.get("EMAIL_USE_SSL", False),
        timeout=min(8.0, settings.ESP_READ_SECONDS),
    )
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError:
        raise NotLetIn from None
    except (OSError, smtplib.SMTPException):
        raise NoAnswer from None
    finally:
        connection.close()
