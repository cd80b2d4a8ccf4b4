"""The sandbox ESP as a process of its own, as the demo has it: mail goes there over HTTP."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from django.conf import settings
from django.test import override_settings

from bench.stage import ROOT
from campaigns.delivery import esp


@contextmanager
def provider(folder: Path) -> Iterator[str]:
    """Its address; the engine sends there meanwhile. It takes mail in and does nothing more with it."""
    words = [str(ROOT / "manage.py"), "sandbox_esp", "--port=0", f"--folder={folder}"]
    with subprocess.Popen(
        [sys.executable, *words], env=os.environ, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1].rstrip("/")
            held = {"webhooks": True, "readers": True}
            requests.put(f"{url}/sandbox/hold", json=held, timeout=10).raise_for_status()
            api = f"{url}/v3/"
            with override_settings(
                ESP_KIND="brevo",
                ESP_API_URL=api,
                EMAIL_BACKEND="anymail.backends.brevo.EmailBackend",
                ANYMAIL=settings.ANYMAIL | {"BREVO_API_URL": api},
            ):
                esp.forget_connections()
                yield api
        finally:
            esp.forget_connections()
            process.terminate()
