"""What the lab's workers run: `celery -A tests.faults.lab.app worker`, the product with shorter waits.

A lease of a call is four seconds instead of 45, what was not taken waits one second instead of up to 60, and a
closed line is tried every second, so that a scenario ends
within twenty. LAB_MUTATION names one thing to break on purpose (mutations.py).
"""

import os
from datetime import timedelta
from typing import Any

from celery.signals import worker_init

from bibmail.celery import app

__all__ = ["app"]


@worker_init.connect
def prepare(**_: Any) -> None:
    """Before the pool forks, so that every child has it."""
    from campaigns.delivery import gate, lines, record  # models can be imported only now
    from tests.faults.lab import mutations

    gate._SLACK_SECONDS = 2
    again = record._again
    record._again = lambda submission, seconds: again(submission, min(seconds, 1.0))
    lines.PROBE_EVERY = timedelta(seconds=1)
    if name := os.environ.get("LAB_MUTATION"):
        mutations.ALL[name]()
