"""What the demo's processes see of the outside world: a short list, and everything else said by us.

A DATABASE_URL, an EMAIL_URL or a CELERY_… of the person at the keyboard would otherwise change the demo.
"""

from collections.abc import Mapping

from bibmail.sandbox.demo.address import HOST
from bibmail.sandbox.demo.folder import Folder

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE")


def for_processes(
    outside: Mapping[str, str],
    folder: Folder,
    *,
    database_url: str,
    broker_url: str,
    port: int,
    esp_port: int = 0,
) -> dict[str, str]:
    """The whole environment of a child."""
    secrets = folder.secrets()
    kept = {name: outside[name] for name in _KEPT if name in outside}
    return kept | {
        "BIBMAIL_ENVIRONMENT": "demo",
        "DJANGO_SETTINGS_MODULE": "bibmail.settings",
        "PYTHONUNBUFFERED": "1",
        # A worker told to stop gives its task ten seconds, and leaves it for the next one.
        "REMAP_SIGTERM": "SIGQUIT",
        "SECRET_KEY": secrets["SECRET_KEY"],
        "RECIPIENT_PEPPER": secrets["RECIPIENT_PEPPER"],
        "ALLOWED_HOSTS": f"{HOST},localhost",
        "BASE_URL": f"http://{HOST}:{port}",
        "DATABASE_URL": database_url,
        "BROKER_URL": broker_url,
        "UPLOADS_DIR": str(folder.uploads),
        # Four slashes: django-environ takes the first one away.
        "EMAIL_URL": f"filemail:///{folder.mail}",
        "DEMO_DIR": str(folder.root),
        "PORT": str(port),
        "ESP_PORT": str(esp_port),
        "ESP_API_URL": f"http://{HOST}:{esp_port}/v3/",
        "ESP_API_KEY": secrets["ESP_API_KEY"],
        "ESP_WEBHOOK_AUTH": f"brevo:{secrets['ESP_WEBHOOK_SECRET']}",
        # A worker that is killed is missed after 14 seconds instead of 45.
        "ESP_CONNECT_SECONDS": "1",
        "ESP_READ_SECONDS": "3",
        "SEND_CLAIM_SECONDS": "15",
        "FAULTS_DIR": str(folder.faults),
    }
