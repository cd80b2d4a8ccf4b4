"""Points where a test or the demo may kill a worker, to see that nothing is lost and nothing goes twice.

Only where FAULTS_DIR is set, which production refuses. A file named after the point arms it: the process that
passes there takes the file and stands still, so that whoever armed it can kill it at exactly this moment.
"""

import os
import time
from pathlib import Path

from django.conf import settings

_LONGEST_STAND = 60.0


def point(name: str) -> None:
    """Stand still here when somebody armed this point; otherwise nothing."""
    if settings.FAULTS_DIR is None:
        return
    armed = Path(settings.FAULTS_DIR) / name
    standing = armed.with_name(f"{name}.standing.{os.getpid()}")
    try:
        armed.rename(standing)
    except FileNotFoundError:
        return
    time.sleep(_LONGEST_STAND)
