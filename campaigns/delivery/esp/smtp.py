"""Plain SMTP: one mail a call, no keys, and no word of what became of it."""

import smtplib

import environ
from django.conf import settings
from django.core.mail import get_connection

from campaigns.delivery.envelope import Mail
from campaigns.delivery.esp.account import Account
from campaigns.delivery.esp.answers import Accepted, Answer, NotTaken, Refused, Unclear
from campaigns.delivery.esp.common import django_mail


def deliver(mail: Mail, account: Account) -> Answer:
    """Give one mail to the server once."""
    config = environ.Env.email_url_config(account.url)
    connection = get_connection(
        config["EMAIL_BACKEND"],
        host=config["EMAIL_HOST"],
        port=config["EMAIL_PORT"],
        username=config["EMAIL_HOST_USER"],
        password=config["EMAIL_HOST_PASSWORD"],
        use_tls=config.get("EMAIL_USE_TLS", False),
        use_ssl=config.get("EMAIL_USE_SSL", False),
        timeout=settings.ESP_READ_SECONDS,
    )
    message = django_mail(mail)
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        is_locked_out = isinstance(error, smtplib.SMTPAuthenticationError)
        return NotTaken(type(error).__name__, is_locked_out=is_locked_out, is_trouble=True)
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        codes = [code for code, _words in refusal.recipients.values()]
        return NotTaken("4xx") if all(400 <= code < 500 for code in codes) else Refused("recipient")
    except smtplib.SMTPResponseException as error:
        return (
            NotTaken(str(error.smtp_code)) if 400 <= error.smtp_code < 500 else Refused(str(error.smtp_code))
        )
    except (TimeoutError, OSError, smtplib.SMTPException) as error:
        return Unclear(type(error).__name__)
    finally:
        connection.close()
    return Accepted([str(message.extra_headers.get("Message-ID", ""))])
