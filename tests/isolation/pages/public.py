"""Addresses for readers of mails, who have no login, and for the ESP."""

from tests.isolation.pages.subject import Subject

# A token is a permission of its own; without one they show the same page to all.
PUBLIC = Subject(
    outside={
        "esp/brevo/",
        "esp/brevo/<int:library_id>/<uuid:public_id>/",
        "esp/mailgun/",
        "esp/mailgun/<int:library_id>/<uuid:public_id>/",
        "l/<str:token>/",
        "m/<str:token>/",
        "v/",
        "v/<str:token>/",
        "w/<str:token>/",
        "u/<str:token>/",
        "aanmelden/<str:token>/",
        "aanmelden/<slug:slug>/<slug:form_slug>/",
        "bedankt/<slug:slug>/<slug:answer>/",
        "huisstijl/<slug:slug>.css",
    }
)
