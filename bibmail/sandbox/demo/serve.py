"""The demo's processes: web, workers, beat and the make-believe ESP; first the play, then a page to look at."""

import time
from collections.abc import Mapping

from django.conf import settings
from django.core.management.base import OutputWrapper

from bibmail.sandbox.demo import address, sources, staff
from bibmail.sandbox.demo.crew import Crew
from bibmail.sandbox.demo.folder import Folder
from bibmail.sandbox.demo.processes import Processes
from bibmail.sandbox.demo.show import short
from bibmail.sandbox.play import stage


def serve(folder: Folder, environ: Mapping[str, str], *, once: bool, out: OutputWrapper) -> None:
    """Play when nobody has yet, then serve until Ctrl-C; raises CannotShow when a check of the play fails."""
    is_new = not folder.played.exists()
    beat = {"BEAT_SECONDS": "1"} if is_new else {}
    with Processes(environ={**environ, **beat}, cwd=settings.ROOT, logs=folder.logs) as processes:
        crew = Crew(processes, folder, {**environ, **beat})
        crew.start_all()
        crew.wait_for_answers()
        if is_new:
            stage.play(crew, out=out)
            crew.ring_as_usual()
        else:
            out.write(folder.played.read_text("utf-8"))
        sources.connect(crew)
        if once:
            return
        out.write(_welcome(crew))
        out.flush()
        while True:
            time.sleep(0.5)
            processes.refuse_dead()


def _welcome(crew: Crew) -> str:
    width = max(len(login.email) for login in staff.LOGINS)
    logins = "".join(f"    {login.email:<{width}}  {login.what}\n" for login in staff.LOGINS)
    return (
        f"\n{'=' * 78}\n"
        f"  Bibmail is at    http://{address.HOST}:{crew.port}/\n"
        f"  The inbox is at  http://{address.HOST}:{crew.esp_port}/   every mail that was sent\n\n"
        f"  Log in as (the password of all is {staff.PASSWORD}):\n{logins}\n"
        f"  Data, logs and mail to staff: {short(crew.folder.root)}\n"
        f"  Stop with Ctrl-C; `make demo` continues with the same data.\n{'=' * 78}\n"
    )
