"""The services that the environment does not name already."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bibmail.embedded.supervisor import Services


class ServiceUrls(NamedTuple):
    """Where database and broker are, given or started.

    `database` is DATABASE_URL as it was given. It is None for the embedded server: `admin` is then its
    superuser, with whom a role and a database are made, and `services.database_url` spells their URL.
    """

    database: str | None
    admin: str | None
    broker: str
    services: Services | None


@contextmanager
def ensure(folder: Path, environ: Mapping[str, str], *, durable: bool = False) -> Iterator[ServiceUrls]:
    """Start what DATABASE_URL and BROKER_URL leave open, and stop it at the end of the block.

    An empty value counts as not given. With both given, the folder is not even made.
    """
    database, broker = environ.get("DATABASE_URL") or None, environ.get("BROKER_URL") or None
    admin = environ.get("DATABASE_URL_ADMIN") or None
    if database and broker:
        yield ServiceUrls(database, admin, broker, None)
        return
    with Services(folder, durable=durable, with_postgres=not database, with_valkey=not broker) as services:
        yield ServiceUrls(
            database,
            admin if database else services.superuser_url,
            broker or services.broker_url,
            services,
        )
