"""The same newsletter through django-post_office, in a process and a database of its own.

`python -m bench.peers.post_office FILE` reads {"database", "api", "key", "sender", "letter", "people"} and
prints the seconds for enqueueing all and for sending all.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import django
import environ
from django.conf import settings
from django.core.management import call_command

_AT_ONCE = 100


def main(file: Path) -> None:
    given = json.loads(file.read_text("utf-8"))
    settings.configure(
        DATABASES={"default": environ.Env.db_url_config(given["database"])},
        INSTALLED_APPS=["anymail", "post_office"],
        ANYMAIL={"BREVO_API_URL": given["api"], "BREVO_API_KEY": given["key"]},
        POST_OFFICE={"BACKENDS": {"default": "anymail.backends.brevo.EmailBackend"}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(_send(given)))


def _send(given: dict[str, Any]) -> dict[str, float]:
    # Its models can be imported only now that Django is set up.
    from post_office import mail
    from post_office.models import STATUS, Email, EmailTemplate

    subject, html, text = given["letter"]
    template, _made = EmailTemplate.objects.get_or_create(
        name="nieuwsbrief", defaults={"subject": subject, "content": text, "html_content": html}
    )
    before = Email.objects.count()
    begun = time.perf_counter()
    for first in range(0, len(given["people"]), _AT_ONCE):
        mail.send_many(
            [
                {
                    "recipients": [person["email"]],
                    "sender": given["sender"],
                    "template": template,
                    "context": person["context"],
                    "headers": {"List-Unsubscribe": f"<{person['context']['slots']['links_unsubscribe']}>"},
                }
                for person in given["people"][first : first + _AT_ONCE]
            ]
        )
    queued = time.perf_counter()
    mail.send_queued(processes=1)
    done = time.perf_counter()
    sent = Email.objects.filter(status=STATUS.sent).count()
    assert sent == before + len(given["people"]), sent
    return {"enqueue": queued - begun, "send": done - queued}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
