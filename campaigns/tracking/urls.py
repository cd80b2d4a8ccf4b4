"""Addresses without a login. Those of a mail hold a token that names one message and one purpose."""

from django.urls import path

from campaigns.tracking.views import clicks, mails, polls, unsubscribe, webhooks

urlpatterns = [
    path("esp/brevo/", webhooks.brevo, name="esp-brevo"),
    path("l/<str:token>/", clicks.follow, name="link"),
    path("m/<str:token>/", mails.view_online, name="view-online"),
    path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("w/<str:token>/", mails.why_this_mail, name="why"),
    path("bedankt/<slug:slug>/<slug:answer>/", polls.thanks, name="poll-thanks"),
]
