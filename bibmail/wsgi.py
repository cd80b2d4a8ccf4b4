import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bibmail.settings")

application = get_wsgi_application()

from bibmail.tenancy import boot  # noqa: E402  # models can be imported only now

boot.check_or_leave()
