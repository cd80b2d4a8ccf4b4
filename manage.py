#!/usr/bin/env python
"""Run a management command, for example `manage.py check`."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bibmail.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as refusal:
        if "--traceback" in sys.argv:
            raise
        lines = str(refusal).strip().splitlines() or ["no reason given"]
        sys.stderr.write(f"The database refused: {lines[0]}. Check DATABASE_URL (--traceback tells more).\n")
        return 1
    except ImproperlyConfigured as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
