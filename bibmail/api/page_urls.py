"""Instellingen > Koppelingen (API)."""

from django.urls import path

from bibmail.api.views import keys, webhooks

urlpatterns = [
    path("api/", keys.index, name="api"),
    path("api/sleutels/nieuw/", keys.add, name="api-key-add"),
    path("api/sleutels/<int:key_id>/", keys.show, name="api-key"),
    path("api/sleutels/<int:key_id>/vervang/", keys.replace, name="api-key-replace"),
    path("api/sleutels/<int:key_id>/trek-in/", keys.revoke, name="api-key-revoke"),
    path("api/webhooks/nieuw/", webhooks.add, name="webhook-add"),
    path("api/webhooks/<int:endpoint_id>/", webhooks.show, name="webhook"),
    path("api/webhooks/<int:endpoint_id>/geheim/", webhooks.renew, name="webhook-secret"),
    path("api/webhooks/<int:endpoint_id>/test/", webhooks.test, name="webhook-test"),
    path("api/webhooks/<int:endpoint_id>/pauze/", webhooks.pause, name="webhook-pause"),
    path("api/webhooks/<int:endpoint_id>/weg/", webhooks.remove, name="webhook-remove"),
    path("api/berichten/<int:delivery_id>/opnieuw/", webhooks.replay, name="webhook-replay"),
]
