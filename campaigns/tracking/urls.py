"""Addresses without a login. Those of a mail hold a token that names one message and one purpose."""

from django.urls import path

from campaigns.tracking.views import clicks, unsubscribe, webhooks

urlpatterns = [
    path("esp/brevo/", webhooks.brevo, name="esp-brevo"),
    path("l/<str:token>/", clicks.follow, name="link"),
    path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
]
