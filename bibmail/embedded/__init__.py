"""PostgreSQL and Valkey as files in a wheel: for one laptop and for the tests, never for a server.

    with Services(Path(".services"), durable=True) as services:
        services.superuser_url, services.broker_url

`python -m bibmail.embedded FOLDER -- COMMAND` does the same around a command. Nothing listens on TCP, every
login needs a password (SCRAM), and no server outlives the process that started it.
"""

from bibmail.embedded.ensure import ServiceUrls, ensure
from bibmail.embedded.refusal import Refused
from bibmail.embedded.supervisor import Services

__all__ = ["Refused", "ServiceUrls", "Services", "ensure"]
