"""The ledger of accepted mails and what became of them, in SQLite; the file itself refuses to change a row.

`Ledger` writes, in the process of the sandbox; `book.Book` reads, from any process, meanwhile.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bibmail.sandbox.esp.records import FILE, Mail
from bibmail.sandbox.esp.wire import Call, Refused

KEY_LIVES = timedelta(minutes=30)

_TABLES = """
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, received_at TEXT NOT NULL, domain_at TEXT NOT NULL,
    sha256 TEXT NOT NULL, mails_count INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS call_by_key ON call (key, received_at);
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL REFERENCES call (id), message_id TEXT NOT NULL,
    received_at TEXT NOT NULL, domain_at TEXT NOT NULL, key TEXT NOT NULL,
    sender_email TEXT NOT NULL, sender_name TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL,
    reply_to TEXT NOT NULL, subject TEXT NOT NULL, html BLOB NOT NULL, text BLOB NOT NULL,
    headers TEXT NOT NULL, tags TEXT NOT NULL, custom TEXT NOT NULL, m TEXT NOT NULL, l INTEGER,
    steps_count INTEGER NOT NULL, UNIQUE (message_id, email)
) STRICT;
CREATE INDEX IF NOT EXISTS mail_by_m ON mail (m);
CREATE INDEX IF NOT EXISTS mail_by_email ON mail (email);
CREATE INDEX IF NOT EXISTS mail_by_library ON mail (l, id);
CREATE TABLE IF NOT EXISTS happening (
    id INTEGER PRIMARY KEY, mail_id INTEGER NOT NULL REFERENCES mail (id), step INTEGER NOT NULL,
    what TEXT NOT NULL, domain_at TEXT NOT NULL, made_at TEXT NOT NULL, detail TEXT NOT NULL,
    UNIQUE (mail_id, step)
) STRICT;
CREATE TABLE IF NOT EXISTS refusal (
    id INTEGER PRIMARY KEY, received_at TEXT NOT NULL, status INTEGER NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
"""

_FOR_EVER = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{verb} BEFORE {verb} ON {table} "
    f"BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;"
    for table in ("call", "mail", "happening", "refusal")
    for verb in ("UPDATE", "DELETE")
)

# INSERT OR REPLACE would remove a row without asking those.
_NEVER_REPLACED = "\n".join(
    f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_replace BEFORE INSERT ON {table} "
    f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT {answer}; END;"
    for table, same, answer in (
        ("call", "id = NEW.id", "raise(ABORT, 'the ledger is append-only')"),
        ("refusal", "id = NEW.id", "raise(ABORT, 'the ledger is append-only')"),
        (
            "mail",
            "id = NEW.id OR (message_id = NEW.message_id AND email = NEW.email)",
            "raise(ABORT, 'the ledger is append-only')",
        ),
        # The same step told again is no fault, and no second row.
        ("happening", "id = NEW.id OR (mail_id = NEW.mail_id AND step = NEW.step)", "raise(IGNORE)"),
    )
)

_NEW_MAIL = """
INSERT INTO mail (call_id, message_id, received_at, domain_at, key, sender_email, sender_name, email, name,
                  reply_to, subject, html, text, headers, tags, custom, m, l, steps_count)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


class Ledger:
    """The one writer. Safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / FILE, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        # Rows outlive a killed process; only a power cut could take the last ones.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_TABLES + _FOR_EVER + _NEVER_REPLACED)

    def close(self) -> None:
        """Nothing can be written any more."""
        with self._lock:
            self._db.close()

    def accept(
        self,
        call: Call,
        *,
        message_ids: Sequence[str],
        sha256: str,
        domain_at: datetime,
        steps_of: Callable[[Mail], int],
    ) -> list[Mail]:
        """Write all mails of a call or none; refused where its key was used within half an hour."""
        received_at = datetime.now(UTC)
        packed = [_pack(version.html, version.text) for version in call.versions]
        with self._transaction() as db:
            if call.key and self._used(call.key, received_at):
                raise Refused(400, "duplicate_parameter", "idempotencyKey was used in the last 30 minutes")
            count = sum(len(version.to) for version in call.versions)
            cursor = db.execute(
                "INSERT INTO call (key, received_at, domain_at, sha256, mails_count) VALUES (?, ?, ?, ?, ?)",
                (call.key, _moment(received_at), _moment(domain_at), sha256, count),
            )
            mails = []
            for version, message_id, (html, text) in zip(call.versions, message_ids, packed, strict=True):
                custom = next((v for k, v in version.headers.items() if k.lower() == "x-mailin-custom"), "")
                m, library = _metadata(custom)
                for to in version.to:
                    mail = Mail(
                        0, message_id, received_at, domain_at, call.key, to.email, to.name, version.subject,
                        call.tags, custom, m, library,
                    )  # fmt: skip
                    steps = steps_of(mail)
                    row = (
                        cursor.lastrowid, message_id, _moment(received_at), _moment(domain_at), call.key,
                        call.sender.email, call.sender.name, to.email, to.name,
                        version.reply_to.email if version.reply_to else "", version.subject, html, text,
                        json.dumps(version.headers), json.dumps(call.tags), custom, m, library, steps,
                    )  # fmt: skip
                    made = db.execute(_NEW_MAIL, row).lastrowid
                    mails.append(mail._replace(id=made or 0, steps_count=steps, sender_name=call.sender.name))
            return mails

    def append(
        self, mail_id: int, step: int, what: str, *, at: datetime, detail: Mapping[str, Any] | None = None
    ) -> None:
        """Add what became of a mail; the same step a second time adds nothing."""
        row = (mail_id, step, what, _moment(at), _moment(datetime.now(UTC)), json.dumps(detail or {}))
        with self._lock:
            self._db.execute(
                "INSERT INTO happening (mail_id, step, what, domain_at, made_at, detail) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )

    def refuse(self, refusal: Refused) -> None:
        """Count a call that was not accepted."""
        row = (_moment(datetime.now(UTC)), refusal.status, refusal.code, refusal.message)
        with self._lock:
            self._db.execute(
                "INSERT INTO refusal (received_at, status, code, message) VALUES (?, ?, ?, ?)", row
            )

    def _used(self, key: str, at: datetime) -> bool:
        found = self._db.execute(
            "SELECT 1 FROM call WHERE key = ? AND received_at > ? LIMIT 1", (key, _moment(at - KEY_LIVES))
        )
        return found.fetchone() is not None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def _metadata(custom: str) -> tuple[str, int | None]:
    """The application's message and library, where the metadata name them."""
    try:
        found = json.loads(custom)
        return str(found.get("m", "")), int(found["l"]) if "l" in found else None
    except (ValueError, AttributeError, TypeError):
        return "", None


def _pack(html: str, text: str) -> tuple[bytes, bytes]:
    return zlib.compress(html.encode(), 1), zlib.compress(text.encode(), 1)


def _moment(at: datetime) -> str:
    # One zone, so that text sorts as time does.
    return at.astimezone(UTC).isoformat(timespec="microseconds")
