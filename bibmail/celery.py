"""The doorbell: Celery rings workers; what has to be done stands in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bibmail.settings")

app = Celery("bibmail")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
