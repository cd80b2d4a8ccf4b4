"""Addresses without a login. Those of a mail hold a token that names one message and one purpose."""

from django.urls import path

from campaigns.tracking.views import clicks, mails, polls, unsubscribe, webhooks

urlpatterns = [
    path("esp/brevo/", webhooks.network, {"kind": "brevo"}, name="esp-brevo"),
    path("esp/mailgun/", webhooks.network, {"kind": "mailgun"}, name="esp-mailgun"),
    path(
        "esp/brevo/<int:library_id>/<uuid:public_id>/",
        webhooks.library,
        {"kind": "brevo"},
        name="esp-own-brevo",
    ),
    path(
        "esp/mailgun/<int:library_id>/<uuid:public_id>/",
        webhooks.library,
        {"kind": "mailgun"},
        name="esp-own-mailgun",
    ),
    path("l/<str:token>/", clicks.follow, name="link"),
    path("m/<str:token>/", mails.view_online, name="view-online"),
    path("u/<str:token>/", unsubscribe.unsubscribe, name="unsubscribe"),
    path("w/<str:token>/", mails.why_this_mail, name="why"),
    path("bedankt/<slug:slug>/<slug:answer>/", polls.thanks, name="poll-thanks"),
]
