"""What Brevo documents for POST /v3/smtp/email, checked to the letter, so that a mistake shows here and not there."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

MAX_BYTES = 20_000_000
MAX_VERSIONS = 1000
MAX_RECIPIENTS = 2000
MAX_RECIPIENTS_OF_A_VERSION = 99
MAX_PARAMS_BYTES = 100_000
MAX_ALL_PARAMS_BYTES = 1_000_000

_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
_HEADER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_EXPRESSION = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}|\{%.*?%\}", re.DOTALL)
# "Custom headers, not the standard headers": these are the provider's to write.
_STANDARD = {
    "bcc", "cc", "content-transfer-encoding", "content-type", "date", "dkim-signature", "from", "message-id",
    "mime-version", "received", "reply-to", "return-path", "sender", "subject", "to",
}  # fmt: skip
_PLAIN = {"sender", "to", "subject", "htmlContent", "textContent", "replyTo", "headers", "params", "tags"}
_TOP = _PLAIN | {"messageVersions"}
_VERSION = {"to", "subject", "htmlContent", "textContent", "replyTo", "headers", "params"}
# Documented, but nothing here needs them: a call that does is told so.
_NOT_HERE = {"attachment", "batchId", "bcc", "cc", "scheduledAt", "templateId"}


class Refused(Exception):
    """The provider says no; nothing was accepted."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    @classmethod
    def invalid(cls, message: str) -> "Refused":
        """A value that is not as documented."""
        return cls(400, "invalid_parameter", message)

    @classmethod
    def missing(cls, message: str) -> "Refused":
        """A value that has to be there."""
        return cls(400, "missing_parameter", message)


class Mailbox(NamedTuple):
    """An address with the name before it."""

    email: str
    name: str = ""


@dataclass(frozen=True)
class Version:
    """One text for one or a few people."""

    to: tuple[Mailbox, ...]
    subject: str
    html: str
    text: str
    reply_to: Mailbox | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Call:
    """A call that may be accepted."""

    sender: Mailbox
    versions: tuple[Version, ...]
    tags: tuple[str, ...]
    key: str
    batched: bool


def read(body: bytes) -> Call:
    """The call in this body; raises Refused."""
    try:
        data = json.loads(body)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise Refused(400, "bad_request", "Input must be a valid JSON object") from None
    if not isinstance(data, dict):
        raise Refused(400, "bad_request", "Input must be a valid JSON object")
    _know(data, _TOP, "")
    if "sender" not in data:
        raise Refused.missing("sender is missing")
    headers, key = _without_key(_headers(data.get("headers", {}), ""))
    whole = data | {"headers": headers}
    return Call(
        sender=_mailbox(data["sender"], "sender"),
        versions=tuple(_versions(whole)),
        tags=_tags(data.get("tags", [])),
        key=key,
        batched="messageVersions" in data,
    )


def _versions(data: Mapping[str, Any]) -> Iterable[Version]:
    # "htmlContent and textContent can be customized only if any of the two is present in global parameters"
    if not data.get("htmlContent") and not data.get("textContent"):
        raise Refused.missing("either of htmlContent or textContent is missing")
    if not data.get("subject"):
        raise Refused.missing("subject is missing")
    if "messageVersions" not in data:
        if "to" not in data:
            raise Refused.missing("to is missing")
        return [_version({name: data[name] for name in _VERSION if name in data}, "")]
    versions = data["messageVersions"]
    if "to" in data:
        raise Refused.invalid("to is ignored when messageVersions is passed, so leave it out")
    if not isinstance(versions, list) or not versions:
        raise Refused.invalid("messageVersions should be a non-empty array")
    if len(versions) > MAX_VERSIONS:
        raise Refused.invalid(f"messageVersions should not exceed {MAX_VERSIONS}")
    read_versions = [_merged(version, data) for version in versions]
    if sum(len(version.to) for version in read_versions) > MAX_RECIPIENTS:
        raise Refused.invalid(f"total number of recipients should not exceed {MAX_RECIPIENTS}")
    _weigh(versions)
    return read_versions


def _merged(version: Any, data: Mapping[str, Any]) -> Version:
    """A version with what the call says for all of them."""
    if not isinstance(version, dict):
        raise Refused.invalid("messageVersions should contain objects")
    _know(version, _VERSION, " in messageVersions")
    if "to" not in version:
        raise Refused.missing("to is missing in messageVersions")
    common = {name: data[name] for name in _VERSION - {"to"} if name in data}
    own = dict(version)
    own["headers"] = common.get("headers", {}) | _headers(version.get("headers", {}), " in messageVersions")
    own["params"] = common.get("params", {}) | own.get("params", {})
    return _version(common | own, " in messageVersions")


def _version(data: Mapping[str, Any], where: str) -> Version:
    params = data.get("params", {})
    if not isinstance(params, dict):
        raise Refused.invalid(f"params should be an object{where}")
    subject = _one_line(data.get("subject", ""), f"subject is not valid{where}")
    if not subject:
        raise Refused.missing(f"subject is missing{where}")
    texts = [_content(data.get(name, ""), name, where, params) for name in ("htmlContent", "textContent")]
    if not any(texts):
        raise Refused.missing(f"either of htmlContent or textContent is missing{where}")
    return Version(
        to=_recipients(data["to"], where),
        subject=_filled(subject, params),
        html=texts[0],
        text=texts[1],
        reply_to=_mailbox(data["replyTo"], f"replyTo{where}") if "replyTo" in data else None,
        headers=data.get("headers", {}),
    )


def _recipients(to: Any, where: str) -> tuple[Mailbox, ...]:
    if not isinstance(to, list) or not to:
        raise Refused.invalid(f"to is not valid{where}")
    if len(to) > MAX_RECIPIENTS_OF_A_VERSION:
        raise Refused.invalid(f"to should not exceed {MAX_RECIPIENTS_OF_A_VERSION} recipients{where}")
    return tuple(_mailbox(entry, f"to{where}") for entry in to)


def _mailbox(value: Any, what: str) -> Mailbox:
    if not isinstance(value, dict):
        raise Refused.invalid(f"{what} is not valid")
    _know(value, {"email", "name"}, f" in {what}")
    if "email" not in value:
        raise Refused.missing(f"email is missing in {what}")
    email = value["email"]
    if not isinstance(email, str) or not _EMAIL.fullmatch(email) or ".." in email or len(email) > 254:
        raise Refused.invalid(f"email is not valid in {what}")
    return Mailbox(email, _one_line(value.get("name", ""), f"name is not valid in {what}"))


def _headers(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Refused.invalid(f"headers should be an object{where}")
    for name, text in value.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _STANDARD:
            raise Refused.invalid(f"header {name!r} is not allowed{where}")
        if not isinstance(text, str) or _CONTROL.search(text) or not text.isascii():
            raise Refused.invalid(f"header {name!r} is not valid{where}")
    return value


def _without_key(headers: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """The headers of the mail, and the key that only looks like one."""
    kept = {name: text for name, text in headers.items() if name.lower() != "idempotencykey"}
    key = next((text for name, text in headers.items() if name.lower() == "idempotencykey"), "")
    if key:
        try:
            key = str(UUID(key))
        except ValueError:
            raise Refused.invalid("idempotencyKey should be a UUID") from None
    return kept, key


def _tags(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag for tag in value):
        raise Refused.invalid("tags should be an array of strings")
    return tuple(_one_line(tag, "tags are not valid") for tag in value)


def _one_line(value: Any, message: str) -> str:
    """Text that cannot begin a header of its own."""
    if not isinstance(value, str) or _CONTROL.search(value):
        raise Refused.invalid(message)
    return value


def _content(value: Any, name: str, where: str, params: Mapping[str, Any]) -> str:
    if not isinstance(value, str):
        raise Refused.invalid(f"{name} should be a string{where}")
    return _filled(value, params)


def _filled(text: str, params: Mapping[str, Any]) -> str:
    """Its own template language has the last word over our text: an unknown expression becomes nothing."""
    if "{{" not in text and "{%" not in text:
        return text
    return _EXPRESSION.sub(lambda found: _value(found.group(1) or "", params), text)


def _value(expression: str, params: Mapping[str, Any]) -> str:
    value = params.get(expression.removeprefix("params."), "") if expression.startswith("params.") else ""
    return value if isinstance(value, str) else json.dumps(value)


def _weigh(versions: Iterable[Mapping[str, Any]]) -> None:
    sizes = [len(json.dumps(version["params"])) for version in versions if "params" in version]
    if sizes and (max(sizes) > MAX_PARAMS_BYTES or sum(sizes) > MAX_ALL_PARAMS_BYTES):
        raise Refused.invalid("params are too large: 100 KB for a version, 1000 KB in all")


def _know(data: Mapping[str, Any], names: set[str], where: str) -> None:
    for name in data:
        if name in _NOT_HERE:
            raise Refused.invalid(f"{name} is not supported by the sandbox{where}")
        if name not in names:
            raise Refused.invalid(f"{name!r} is not allowed{where}")
