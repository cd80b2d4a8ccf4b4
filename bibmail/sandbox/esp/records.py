"""The rows of the ledger, as they are read."""

from datetime import datetime
from typing import Any, NamedTuple

FILE = "ledger.sqlite3"


class Mail(NamedTuple):
    """One accepted mail to one address, without its content."""

    id: int
    message_id: str
    received_at: datetime
    domain_at: datetime
    key: str
    email: str
    name: str
    subject: str
    tags: tuple[str, ...]
    custom: str
    # The metadata of the application: its message, and its library.
    m: str
    l: int | None  # noqa: E741  # as in the metadata
    steps_count: int = 0
    sender_name: str = ""


class Content(NamedTuple):
    """The rest of a mail."""

    sender_email: str
    reply_to: str
    headers: dict[str, str]
    html: str
    text: str


class Happening(NamedTuple):
    """One thing that became of a mail."""

    mail_id: int
    step: int
    what: str
    domain_at: datetime
    made_at: datetime
    detail: dict[str, Any]
