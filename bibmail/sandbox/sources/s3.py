"""A tiny S3-compatible store in memory that checks signatures (AWS Signature Version 4) by itself."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from threading import Lock
from urllib.parse import quote, unquote, urlsplit
from xml.sax.saxutils import escape

from bibmail.sandbox.sources.answers import Asked, Given
from bibmail.sandbox.sources.world import World

_XML = "application/xml"


class Store:
    """Buckets by name, objects by key; bodies and when they came."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], tuple[bytes, datetime]] = {}
        # How many keys a listing holds at most; the store of Amazon gives a thousand.
        self.page_size = 1000
        self._lock = Lock()

    def put(self, bucket: str, key: str, body: bytes, at: datetime | None = None) -> None:
        with self._lock:
            self.objects[bucket, key] = (body, at or datetime.now(UTC))

    def keys(self, bucket: str) -> list[str]:
        with self._lock:
            return sorted(key for found, key in self.objects if found == bucket)

    def answer(self, asked: Asked, world: World) -> Given:
        """List, get, put (also as a copy) and delete, path style under /s3/<bucket>/."""
        if not _is_signed(asked, world):
            return _error(403, "SignatureDoesNotMatch")
        bucket, _, key = asked.path.removeprefix("/s3/").partition("/")
        if not key:
            return self._list(bucket, asked.one("prefix"), after=asked.one("continuation-token"))
        match asked.method:
            case "GET":
                held = self.objects.get((bucket, key))
                return (
                    Given(200, held[0], "text/csv", {"ETag": _tag(held[0])})
                    if held
                    else _error(404, "NoSuchKey")
                )
            case "PUT":
                return self._put(bucket, key, asked)
            case "DELETE":
                with self._lock:
                    self.objects.pop((bucket, key), None)
                return Given(204)
        return _error(405, "MethodNotAllowed")

    def _put(self, bucket: str, key: str, asked: Asked) -> Given:
        body = asked.body
        if copied := asked.headers.get("x-amz-copy-source"):
            from_bucket, _, from_key = unquote(copied).lstrip("/").partition("/")
            held = self.objects.get((from_bucket, from_key))
            if held is None:
                return _error(404, "NoSuchKey")
            body = held[0]
        self.put(bucket, key, body)
        return Given(200, b"<CopyObjectResult/>", _XML, {"ETag": _tag(body)})

    def _list(self, bucket: str, prefix: str, *, after: str) -> Given:
        """A page of the keys in order; the token of the next one is opaque, as the real ones are."""
        last = base64.urlsafe_b64decode(after).decode() if after else ""
        with self._lock:
            found = sorted(
                (k, *v)
                for (b, k), v in self.objects.items()
                if b == bucket and k.startswith(prefix) and k > last
            )
        has_more, found = len(found) > self.page_size, found[: self.page_size]
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{at:%Y-%m-%dT%H:%M:%S.000Z}</LastModified>"
            f"<ETag>{escape(_tag(body))}</ETag><Size>{len(body)}</Size></Contents>"
            for key, body, at in found
        )
        more = "<IsTruncated>false</IsTruncated>"
        if has_more:
            token = base64.urlsafe_b64encode(found[-1][0].encode()).decode()
            more = f"<IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>"
        text = f"<Name>{escape(bucket)}</Name>{more}{rows}"
        space = "http://s3.amazonaws.com/doc/2006-03-01/"
        return Given(200, f'<ListBucketResult xmlns="{space}">{text}</ListBucketResult>'.encode(), _XML)


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def _error(status: int, code: str) -> Given:
    return Given(status, f"<Error><Code>{code}</Code></Error>".encode(), _XML)


def _is_signed(asked: Asked, world: World) -> bool:
    """Whether the Authorization header fits the request, worked out anew from the specification."""
    said = asked.headers.get("Authorization", "")
    if not said.startswith("AWS4-HMAC-SHA256 "):
        return False
    parts = dict(part.strip().split("=", 1) for part in said.removeprefix("AWS4-HMAC-SHA256 ").split(","))
    access, day, region, service, _ = parts["Credential"].split("/")
    names = parts["SignedHeaders"].split(";")
    moment = asked.headers.get("x-amz-date", "")
    canonical = "\n".join([
        asked.method, _canonical_path(asked.target), _canonical_query(asked.target),
        *(f"{name}:{' '.join(asked.headers.get(name, '').split())}" for name in names),
        "", parts["SignedHeaders"], hashlib.sha256(asked.body).hexdigest(),
    ])  # fmt: skip
    scope = f"{day}/{region}/{service}/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{world.keys.s3_secret}".encode()
    for word in (day, region, service, "aws4_request"):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return access == world.keys.s3_access and hmac.compare_digest(parts["Signature"], right)


def _canonical_path(target: str) -> str:
    return quote(unquote(urlsplit(target).path), safe="/-_.~")


def _canonical_query(target: str) -> str:
    query = urlsplit(target).query
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    return "&".join(
        sorted(
            f"{quote(unquote(name), safe='-_.~')}={quote(unquote(value), safe='-_.~')}"
            for name, value in pairs
        )
    )
