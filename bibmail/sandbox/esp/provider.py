"""The provider behind the door: takes mail in, and lets happen to it what was decided."""

import hashlib
import json
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bibmail.sandbox.esp import mailgun, outcomes, rates, webhooks, wire
from bibmail.sandbox.esp.book import Book
from bibmail.sandbox.esp.domain_clock import DomainTime
from bibmail.sandbox.esp.faults import Faults
from bibmail.sandbox.esp.ledger import Ledger
from bibmail.sandbox.esp.outcomes import ACT, WEBHOOK, Step
from bibmail.sandbox.esp.records import Mail
from bibmail.sandbox.esp.schedule import Schedule
from bibmail.sandbox.readers import acts
from bibmail.sandbox.readers.loopback import Line, Unreachable

logger = logging.getLogger(__name__)

WEBHOOK_THREADS = 3
READER_THREADS = 4
_MOST_TRIES = 40
_MOST_TRIES_AFTER_A_NO = 3


@dataclass(frozen=True)
class Address:
    """Where the application is, and how a webhook gets in."""

    base_url: str
    login: str

    @property
    def inbox(self) -> str:
        """The application's inbox for webhooks."""
        return f"{self.base_url.rstrip('/')}/esp/brevo/"


class Provider:
    """One make-believe provider with its folder."""

    def __init__(self, folder: Path, *, clock: DomainTime, application: Address, api_key: str) -> None:
        self.folder, self.clock, self.application, self.api_key = folder, clock, application, api_key
        self.ledger, self.book = Ledger(folder), Book(folder)
        self.habits = rates.load(folder)
        self.domains = mailgun.Domains(folder)
        self.faults = Faults()
        self.schedule = Schedule(clock)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Take up what an earlier process left, and begin."""
        for mail, done in self.book.unfinished():
            self.schedule.add(step for step in outcomes.plan(mail, self.habits) if step.number not in done)
        for number in range(WEBHOOK_THREADS):
            self._thread(f"webhooks-{number}", self._post_webhooks)
        for number in range(READER_THREADS):
            self._thread(f"readers-{number}", self._act)

    def stop(self) -> None:
        """Finish what is being done and close the ledger; the rest waits for the next start."""
        self.schedule.end()
        for thread in self._threads:
            thread.join()
        self.ledger.close()

    def accept(self, body: bytes) -> dict[str, Any]:
        """The answer to a call of Brevo's; raises wire.Refused."""
        call = wire.read(body)
        ids = self._taken(call, body, domain="sandbox")
        return {"messageIds": ids} if call.batched else {"messageId": ids[0]}

    def accept_mailgun(self, body: bytes, *, domain: str) -> dict[str, Any]:
        """The answer to a call of Mailgun's; raises wire.Refused."""
        return {
            "id": self._taken(mailgun.read(body), body, domain=domain)[0],
            "message": "Queued. Thank you.",
        }

    def _taken(self, call: wire.Call, body: bytes, *, domain: str) -> list[str]:
        """The ids of what this call brought; what will become of it is decided now."""
        stamp = self.clock.now()
        ids = [f"<{stamp:%Y%m%d%H%M}.{uuid.uuid4().int % 10**14}@{domain}>" for _ in call.versions]
        habits = self.habits
        stories: list[list[Step]] = []

        def steps_of(mail: Mail) -> int:
            stories.append(outcomes.plan(mail, habits))
            return len(stories[-1])

        mails = self.ledger.accept(
            call,
            message_ids=ids,
            sha256=hashlib.sha256(body).hexdigest(),
            domain_at=stamp,
            steps_of=steps_of,
        )
        for mail, story in zip(mails, stories, strict=True):
            self.schedule.add(replace(step, mail_id=mail.id) for step in story)
        return ids

    def set_rates(self, data: Any) -> rates.Habits:
        """Other rates from now on and after a new start; raises rates.BadRates."""
        self.habits = rates.changed(self.habits, data)
        rates.save(self.folder, self.habits)
        return self.habits

    def _thread(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _post_webhooks(self) -> None:
        post = webhooks.Post(self.application.inbox, self.application.login)
        while not self.schedule.ends:
            step = self.schedule.take(WEBHOOK)
            if step is not None:
                self._post(step, post)
        post.close()

    def _post(self, step: Step, post: webhooks.Post) -> None:
        mail = self._mail(step)
        status = 0
        try:
            for _ in range(step.times):
                status = self._told(mail, step, post)
        except Unreachable:
            status = 0
        step.tries += 1
        heard = 200 <= status < 300
        most = _MOST_TRIES_AFTER_A_NO if 400 <= status < 500 else _MOST_TRIES
        if not heard and step.tries < most:
            if step.tries == 1:
                logger.warning("The inbox of the application answered %s; trying again", status or "nothing")
            self.schedule.again(step, seconds=min(0.2 * 2**step.tries, 5.0))
            return
        self._done(step, {"status": status, "tries": step.tries, "times": step.times})

    def _told(self, mail: Mail, step: Step, post: webhooks.Post) -> int:
        """The application's answer to this news, in the dialect in which the mail came in; raises Unreachable."""
        domain = self.domains.of_mail(mail)
        if domain is None:
            return post.send(webhooks.payload(mail, step.what, step.happened_at))
        news = mailgun.payload(mail, step.what, step.happened_at, domain)
        return post.send_signed(domain.url, news) if news else 200

    def _act(self) -> None:
        line = Line()
        while not self.schedule.ends:
            step = self.schedule.take(ACT)
            if step is None:
                continue
            detail: dict[str, Any] = {}
            try:
                found = self.book.mail(step.mail_id)
                assert found  # noqa: S101  # its step came from the ledger
                mail, content = found
                letter = acts.Letter(
                    content.html, content.headers, content.reply_to, seed=f"{mail.email} {mail.subject}"
                )
                detail = acts.perform(step.what, letter, line)
            except Exception:
                # One strange page must not end all reading.
                logger.exception("A reader could not %s", step.what)
                detail = {"failed": True}
            self._done(step, detail)
        line.close()

    def _done(self, step: Step, detail: dict[str, Any]) -> None:
        self.ledger.append(step.mail_id, step.number, step.what, at=step.happened_at, detail=detail)
        self.schedule.done(step)

    def _mail(self, step: Step) -> Mail:
        found = self.book.brief(step.mail_id)
        assert found  # noqa: S101  # its step came from the ledger
        return found


def as_json(value: Any) -> bytes:
    """Bytes for an answer; moments as text."""
    return json.dumps(value, default=_moment, ensure_ascii=False).encode()


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
