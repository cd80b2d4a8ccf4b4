"""What stands at /api/v1/."""

from django.urls import path

from bibmail.api.routes import router
from bibmail.api.service import api
from bibmail.api.views import docs

api.add_router("", router)

urlpatterns = [
    path("docs", docs.page, name="api-docs"),
    path("", api.urls),
]
