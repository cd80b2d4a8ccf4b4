"""Every mail that was accepted and what became of it, in SQLite; the file itself refuses to change a row.

`Ledger` writes and lives in the process of the sandbox. `Book` reads, from any process, while the other writes.
"""

import json
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from bibmail.sandbox.esp.wire import Call, Refused

KEY_LIVES = timedelta(minutes=30)
_FILE = "ledger.sqlite3"

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

_NEW_MAIL = """
INSERT INTO mail (call_id, message_id, received_at, domain_at, key, sender_email, sender_name, email, name,
                  reply_to, subject, html, text, headers, tags, custom, m, l, steps_count)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# In the order of the fields of Mail.
_BRIEF = """
id, message_id, received_at, domain_at, key, email, name, subject, tags, custom, m, l, steps_count, sender_name
"""


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


class Ledger:
    """The one writer. Safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / _FILE, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        # Rows outlive a killed process; only a power cut could take the last ones.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_TABLES + _FOR_EVER)

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
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
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


class Book:
    """The ledger for who only reads it: an audit, the inbox, a test."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def mails(self, *, after: int = 0) -> Iterator[Mail]:
        """All accepted mails in order, without their content."""
        yield from map(_mail, self._rows(f"SELECT {_BRIEF} FROM mail WHERE id > ? ORDER BY id", (after,)))

    def unfinished(self) -> list[tuple[Mail, set[int]]]:
        """Mails of which not every step was done, with the steps that were."""
        rows = self._rows(
            f"SELECT {_BRIEF}, (SELECT group_concat(step) FROM happening WHERE mail_id = mail.id) FROM mail"
            " WHERE steps_count > (SELECT count(*) FROM happening WHERE mail_id = mail.id AND step >= 0)"
            " ORDER BY id"
        )
        return [(_mail(row[:-1]), {int(n) for n in (row[-1] or "").split(",") if n}) for row in rows]

    def mail(self, mail_id: int) -> tuple[Mail, Content] | None:
        """One mail with all of it."""
        rows = self._rows(
            f"SELECT {_BRIEF}, sender_email, reply_to, headers, html, text FROM mail WHERE id = ?",
            (mail_id,),
        )
        if not rows:
            return None
        sender_email, reply_to, headers, html, text = rows[0][-5:]
        content = Content(sender_email, reply_to, json.loads(headers), _unpack(html), _unpack(text))
        return _mail(rows[0][:-5]), content

    def brief(self, mail_id: int) -> Mail | None:
        """One mail without its content."""
        rows = self._rows(f"SELECT {_BRIEF} FROM mail WHERE id = ?", (mail_id,))
        return _mail(rows[0]) if rows else None

    def search(
        self, *, words: str = "", library: int | None = None, offset: int = 0, limit: int = 50
    ) -> tuple[list[Mail], int]:
        """The newest mails whose address or subject holds these words, and how many there are in all."""
        where, values = ["1"], list[Any]()
        if words:
            where.append("(instr(lower(email), ?) OR instr(lower(subject), ?))")
            values += [words.lower()] * 2
        if library is not None:
            where.append("l = ?")
            values.append(library)
        condition = " AND ".join(where)
        found = self._rows(
            f"SELECT {_BRIEF} FROM mail WHERE {condition} ORDER BY id DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        count = self._rows(f"SELECT count(*) FROM mail WHERE {condition}", values)[0][0]
        return [_mail(row) for row in found], count

    def of_message_id(self, message_id: str) -> list[Mail]:
        """The mails that carry this id of ours."""
        rows = self._rows(f"SELECT {_BRIEF} FROM mail WHERE message_id = ? ORDER BY id", (message_id,))
        return [_mail(row) for row in rows]

    def senders(self) -> dict[int, tuple[str, int]]:
        """Each library of the metadata: how it signs, and how many mails it sent."""
        rows = self._rows(
            "SELECT l, max(sender_name), count(*) FROM mail WHERE l IS NOT NULL GROUP BY l ORDER BY 2, 1"
        )
        return {row[0]: (row[1], row[2]) for row in rows}

    def happenings(self, mail_ids: Iterable[int] | None = None) -> list[Happening]:
        """What became of these mails, or of all, in the order in which it was done."""
        ask = "SELECT mail_id, step, what, domain_at, made_at, detail FROM happening"
        if mail_ids is None:
            return [_happening(row) for row in self._rows(f"{ask} ORDER BY id")]
        wanted = json.dumps(list(mail_ids))
        rows = self._rows(f"{ask} WHERE mail_id IN (SELECT value FROM json_each(?)) ORDER BY id", (wanted,))
        return [_happening(row) for row in rows]

    def counts(self) -> dict[str, int]:
        """How often each thing happened."""
        rows = self._rows("SELECT what, count(*) FROM happening GROUP BY what ORDER BY what")
        return {row[0]: row[1] for row in rows}

    def accepted(self) -> dict[str, list[Mail]]:
        """The accepted mails by the application's message; more than one in a list is a double."""
        found: dict[str, list[Mail]] = {}
        for mail in self.mails():
            found.setdefault(mail.m, []).append(mail)
        return found

    def doubles(self) -> list[str]:
        """Messages of the application that were accepted more than once."""
        rows = self._rows("SELECT m FROM mail WHERE m <> '' GROUP BY m HAVING count(*) > 1 ORDER BY m")
        return [row[0] for row in rows]

    def refusals(self) -> list[tuple[int, str, str]]:
        """Status, code and message of each call that was not accepted."""
        rows = self._rows("SELECT status, code, message FROM refusal ORDER BY id")
        return [(row[0], row[1], row[2]) for row in rows]

    def _rows(self, ask: str, values: Sequence[Any] = ()) -> list[Any]:
        # A connection for each question: readers come and go in threads that live for one request.
        with closing(sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            return db.execute(ask, values).fetchall()


def _mail(row: Sequence[Any]) -> Mail:
    values = list(row)
    values[2], values[3] = datetime.fromisoformat(row[2]), datetime.fromisoformat(row[3])
    values[8] = tuple(json.loads(row[8]))
    return Mail(*values)


def _happening(row: Sequence[Any]) -> Happening:
    mail_id, step, what, domain_at, made_at, detail = row
    return Happening(
        mail_id, step, what, datetime.fromisoformat(domain_at), datetime.fromisoformat(made_at),
        json.loads(detail),
    )  # fmt: skip


def _metadata(custom: str) -> tuple[str, int | None]:
    """The application's message and library, where the metadata name them."""
    try:
        found = json.loads(custom)
        return str(found.get("m", "")), int(found["l"]) if "l" in found else None
    except (ValueError, AttributeError, TypeError):
        return "", None


def _pack(html: str, text: str) -> tuple[bytes, bytes]:
    return zlib.compress(html.encode(), 1), zlib.compress(text.encode(), 1)


def _unpack(packed: bytes) -> str:
    return zlib.decompress(packed).decode()


def _moment(at: datetime) -> str:
    # One zone, so that text sorts as time does.
    return at.astimezone(UTC).isoformat(timespec="microseconds")
