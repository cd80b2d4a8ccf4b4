"""The site map. Everything under /b/<library>/ runs inside that library's scope (tenancy.middleware)."""

from django.urls import URLPattern, URLResolver, include, path

from bibmail.tenancy.views import health

_staff: list[URLPattern | URLResolver] = [
    path("", include("bibmail.desk.urls")),
    path("instellingen/", include("bibmail.tenancy.urls")),
    path("instellingen/", include("consent.urls")),
    path("instellingen/", include("bibmail.api.page_urls")),
    path("contacten/aanmeldformulieren/", include("consent.signup.urls")),
    path("", include("members.urls")),
    path("", include("campaigns.urls")),
    path("", include("campaigns.mail_urls")),
    path("", include("journeys.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.process),
    path("readyz", health.readiness),
    path("", include("bibmail.desk.public_urls")),
    path("", include("campaigns.tracking.urls")),
    path("", include("consent.preferences.urls")),
    path("api/v1/", include("bibmail.api.urls")),
    path("", include("consent.signup.public_urls")),
    path("account/", include("bibmail.tenancy.account_urls")),
    path("b/<slug:library>/", include((_staff, "library"))),
    path("netwerk/", include(("bibmail.network.urls", "network"))),
]
