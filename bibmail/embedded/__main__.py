"""`python -m bibmail.embedded FOLDER [-- COMMAND …]`"""

import argparse
import os
import re
import sys
from pathlib import Path

from bibmail.embedded import command
from bibmail.embedded.ensure import ServiceUrls, ensure
from bibmail.embedded.refusal import Refused

_ABOUT = """
Start PostgreSQL and Valkey in FOLDER. With a COMMAND, run it with DATABASE_URL_ADMIN (the superuser) and
BROKER_URL in its environment, and stop the services when it ends. Without, run until Ctrl-C or SIGTERM.
A DATABASE_URL or BROKER_URL in the environment replaces that service.
"""


def main(words: list[str]) -> int:
    """The exit code: the command's own, or 1 with a sentence when the services cannot run."""
    border = words.index("--") if "--" in words else len(words)
    options, theirs = _parser().parse_args(words[:border]), words[border + 1 :]
    command.stop_at_sigterm()
    try:
        with ensure(options.folder, os.environ, durable=not options.throwaway) as urls:
            return _serve(urls, theirs)
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"The services cannot run: {error}.\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    usage = "%(prog)s [--throwaway] FOLDER [-- COMMAND …]"
    parser = argparse.ArgumentParser("python -m bibmail.embedded", usage, _ABOUT)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    parser.add_argument("--throwaway", action="store_true", help="faster; lost when the machine goes down")
    return parser


def _serve(urls: ServiceUrls, words: list[str]) -> int:
    if words:
        given = {"BROKER_URL": urls.broker} | ({"DATABASE_URL_ADMIN": urls.admin} if urls.admin else {})
        return command.run(words, environ=os.environ | given, services=urls.services)
    sys.stdout.write(_summary(urls))
    sys.stdout.flush()
    if urls.services is not None:
        command.wait_while_alive(urls.services)
    return 0


def _summary(urls: ServiceUrls) -> str:
    lines = [f"BROKER_URL={urls.broker}"]
    if urls.database:
        lines.append("DATABASE_URL is yours, from the environment.")
    if urls.services is not None and urls.admin and not urls.database:
        lines.append(f"DATABASE_URL_ADMIN={_without_password(urls.admin)}")
        lines.append(
            f"The password is in {urls.services.password_file}, the data in {urls.services.data_directory}."
        )
    if urls.services is not None:
        lines.append("Stop with Ctrl-C.")
    return "\n".join(lines) + "\n"


def _without_password(url: str) -> str:
    return re.sub(r":[^:@/]*@", "@", url)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
