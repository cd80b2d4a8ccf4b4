"""Who works in the demo: web, workers, beat and the make-believe ESP, and how each is started."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from django.conf import settings

from bibmail.sandbox.demo import address
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.processes import Processes
from bibmail.sandbox.demo.refusal import CannotShow

_SECONDS_TO_ANSWER = 60

_CELERY = ["-m", "celery", "--app=bibmail.celery", "--quiet"]
_WORKERS = {
    "worker-clock": ("clock", 1),
    "worker-service": ("service", 1),
    "worker-send": ("send", 2),
    "worker-import": ("import", 2),
}


class Crew:
    """Who runs, and how each is started."""

    def __init__(self, processes: Processes, folder: Folder, environ: Mapping[str, str]) -> None:
        self.processes, self.folder, self.environ = processes, folder, dict(environ)
        self.port, self.esp_port = int(environ["PORT"]), int(environ["ESP_PORT"])
        self.sources_port = address.port_beside(self.port, by=26)

    def start_all(self) -> None:
        manage = str(settings.ROOT / "manage.py")
        self.processes.start(
            "esp", [manage, "sandbox_esp", f"--port={self.esp_port}", f"--folder={self.folder.esp}"]
        )
        self.processes.start("web", [*_web(self.port)])
        for name in _WORKERS:
            self.start_worker(name)
        self.processes.start("beat", self._beat())

    def start_sources(self) -> None:
        """The systems that libraries fetch from; after the play, since they know of its people."""
        manage = str(settings.ROOT / "manage.py")
        self.processes.start(
            "sources",
            [manage, "sandbox_sources", f"--port={self.sources_port}", f"--world={self.folder.world}"],
        )
        _wait_for_answer(self.processes, f"http://{address.HOST}:{self.sources_port}/sandbox/health")

    def start_worker(self, name: str) -> None:
        queues, concurrency = _WORKERS[name]
        options = [f"--queues={queues}", f"--concurrency={concurrency}", f"--hostname={name}@demo"]
        self.processes.start(name, [*_CELERY, "worker", *options, "--loglevel=INFO"])

    def ring_as_usual(self) -> None:
        """After the play beat rings once a minute again."""
        self.environ.pop("BEAT_SECONDS", None)
        self.processes.restart("beat", self._beat(), environ=self.environ)

    def wait_for_answers(self) -> None:
        _wait_for_answer(self.processes, f"http://{address.HOST}:{self.port}/readyz")
        _wait_for_answer(self.processes, f"http://{address.HOST}:{self.esp_port}/sandbox/health")

    def _beat(self) -> list[str]:
        return [*_CELERY, "beat", f"--schedule={self.folder.root / 'beat'}", "--pidfile="]


def _web(port: int) -> list[str]:
    return [
        "-m", "gunicorn", "bibmail.wsgi:application", "--workers=1", "--threads=8", "--no-control-socket",
        f"--bind={address.HOST}:{port}",
    ]  # fmt: skip


def _wait_for_answer(processes: Processes, url: str) -> None:
    deadline = time.monotonic() + _SECONDS_TO_ANSWER
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        processes.refuse_dead()
        try:
            opener.open(url, timeout=5).close()
        except OSError as refusal:
            if time.monotonic() > deadline:
                said = (
                    refusal.read().decode() if isinstance(refusal, urllib.error.HTTPError) else str(refusal)
                )
                raise CannotShow(f"{url} did not answer within {_SECONDS_TO_ANSWER} s: {said}") from None
            time.sleep(0.2)
        else:
            return
