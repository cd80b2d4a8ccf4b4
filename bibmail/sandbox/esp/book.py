"""The ledger for who only reads it: an audit, the inbox, a test. It may be read while the sandbox writes."""

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from bibmail.sandbox.esp.records import FILE, Content, Happening, Mail

# In the order of the fields of Mail.
_BRIEF = """
id, message_id, received_at, domain_at, key, email, name, subject, tags, custom, m, l, steps_count, sender_name
"""


class Book:
    """The ledger in this folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

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


def _unpack(packed: bytes) -> str:
    return zlib.decompress(packed).decode()
