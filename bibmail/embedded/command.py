"""Run one command while the services run, and pass on what it is told and what it returns."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn

from bibmail.embedded.process import dies_with_parent, end
from bibmail.embedded.refusal import Refused
from bibmail.embedded.supervisor import Services

_NOT_FOUND = 127
_PASSED_ON = (signal.SIGTERM, signal.SIGINT)


class ServerDied(Refused):
    """A server ended while it was needed."""


def stop_at_sigterm() -> None:
    """Let SIGTERM and Ctrl-C end this process in order, so that the services are stopped on the way out.

    A shell that starts something in the background has it ignore SIGINT, and so would the command we start.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # a second one must not cut the stopping short
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_while_alive(services: Services) -> NoReturn:
    """A signal ends the wait, or a refusal when a server has died."""
    while True:
        time.sleep(0.5)
        _refuse_dead(services)


def run(command: Sequence[str], *, environ: Mapping[str, str], services: Services | None) -> int:
    """The command's exit code, in the shell's spelling."""
    dies_too = dies_with_parent(signal.SIGTERM)
    # What is said while the command starts waits until it can be passed on.
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)

    def begin() -> None:
        dies_too()
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)

    try:
        child = subprocess.Popen(command, env=environ, preexec_fn=begin)  # noqa: S603 - the words a person typed
        _forward_signals(child)
    except OSError as error:
        sys.stderr.write(f"{command[0]} could not be started: {error.strerror}.\n")
        return _NOT_FOUND
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)
    try:
        return _outcome(child, services)
    finally:
        end(child, by=signal.SIGTERM)


def _refuse_dead(services: Services) -> None:
    for name in services.dead():
        raise ServerDied(
            f"{name} has ended while it was needed. {services.folder / name}.log tells more; start again."
        )


def _outcome(child: subprocess.Popen[bytes], services: Services | None) -> int:
    while True:
        try:
            code = child.wait(0.5)
        except subprocess.TimeoutExpired:
            if services is not None:
                _refuse_dead(services)
        else:
            return code if code >= 0 else 128 - code


def _forward_signals(child: subprocess.Popen[bytes]) -> None:
    def forward(number: int, frame: FrameType | None) -> None:
        # A Ctrl-C in the terminal has reached the command already, and twice means "at once" to many.
        if number != signal.SIGINT or not os.isatty(0):
            child.send_signal(number)

    for number in _PASSED_ON:
        signal.signal(number, forward)
