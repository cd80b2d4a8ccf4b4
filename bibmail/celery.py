"""The doorbell: Celery rings workers; what has to be done stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bibmail.settings")

app = Celery("bibmail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# For the threads of a web process too; the current app is a matter of each thread.
app.set_default()


@worker_init.connect
def refuse_unfit_database(**_: Any) -> None:
    """A worker leaves before its first task when its database is not fit to be served."""
    from bibmail.tenancy import boot  # models can be imported only now

    boot.check_or_leave()
