"""A bucket of an S3-compatible store, over our own door and with signatures of version 4."""

from pathlib import Path
from urllib.parse import quote, urlencode

from requests_aws4auth import AWS4Auth

from members.connectors.cloudlibrary import parsed
from members.connectors.places.place import Entry, moved_name
from members.connectors.registry import Fetch
from members.connectors.trouble import Trouble

_SPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"


class S3Place:
    """A bucket, or what lies under one prefix of it."""

    def __init__(self, asked: Fetch) -> None:
        filled, secrets = asked.account.options, asked.account.secrets
        self.door, self.bucket = asked.door, filled["bucket"]
        self.url = f"{filled['url'].rstrip('/')}/{quote(self.bucket, safe='')}"
        self.prefix = f"{filled['prefix'].strip('/')}/" if filled.get("prefix", "").strip("/") else ""
        region = filled.get("region") or "us-east-1"
        self.auth = AWS4Auth(filled["access_key"], secrets.get("secret_key", ""), region, "s3")
        self._marks: dict[str, str] = {}

    def entries(self) -> list[Entry]:
        """Objects right under the prefix, whole by nature; page after page."""
        found: list[Entry] = []
        params = {"list-type": "2", "prefix": self.prefix, "delimiter": "/"}
        while True:
            root = parsed(self.door.call(f"{self.url}/?{_query(params)}", auth=self.auth).body)
            for one in root.iter(f"{_SPACE}Contents"):
                name = (one.findtext(f"{_SPACE}Key") or "").removeprefix(self.prefix)
                if name and "/" not in name:
                    found.append(Entry(name, one.findtext(f"{_SPACE}ETag") or "", is_whole=True))
            after = root.findtext(f"{_SPACE}NextContinuationToken")
            if root.findtext(f"{_SPACE}IsTruncated") != "true" or not after:
                break
            params["continuation-token"] = after
        self._marks = {entry.name: entry.mark for entry in found}
        return sorted(found)

    def read(self, name: str, into: Path) -> None:
        with into.open("wb") as file:
            self.door.call(self._address(name), auth=self.auth, into=file)

    def move(self, name: str, folder: str) -> bool:
        """A copy, then the end of the original: a store knows no renaming."""
        target = f"{folder}/{moved_name(name, self._marks.get(name, ''))}"
        source = quote(f"/{self.bucket}/{self.prefix}{name}", safe="/-_.~")
        try:
            self.door.call(
                self._address(target), method="PUT", auth=self.auth, headers={"x-amz-copy-source": source}
            )
            self.door.call(self._address(name), method="DELETE", auth=self.auth)
        except Trouble as trouble:
            if trouble.code in {"not_let_in", "refused", "not_found"}:
                return False
            raise
        return True

    def _address(self, name: str) -> str:
        return f"{self.url}/{quote(self.prefix + name, safe='/-_.~')}"

    def close(self) -> None:
        """The door is not ours to close."""


def _query(params: dict[str, str]) -> str:
    """A query as signatures want it: in order, and a space is %20."""
    return urlencode(sorted(params.items()), quote_via=quote, safe="-_.~")
