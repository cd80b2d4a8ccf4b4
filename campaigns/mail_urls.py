"""Mails: newsletters from draft to report, and every message of the library."""

from django.urls import path

from campaigns.views import audiences, blocks, departures, doubts, mails, messages, newsletters

urlpatterns = [
    path("mails/", mails.index, name="mails"),
    path("mails/berichten/", messages.index, name="messages"),
    path("mails/berichten/<int:message_id>/", messages.detail, name="message"),
    path("mails/berichten/<int:message_id>/mail/", messages.mail, name="message-mail"),
    path("mails/onzeker/", doubts.index, name="doubts"),
    path("mails/onzeker/opnieuw/", doubts.resend, name="doubts-resend"),
    path("mails/nieuwsbrief/", newsletters.add, name="newsletter-add"),
    path("mails/nieuwsbrief/<int:campaign_id>/", newsletters.newsletter, name="newsletter"),
    path(
        "mails/nieuwsbrief/<int:campaign_id>/voorbeeld/", newsletters.preview_frame, name="newsletter-preview"
    ),
    path("mails/nieuwsbrief/<int:campaign_id>/nakijken/", newsletters.check, name="newsletter-check"),
    path("mails/nieuwsbrief/<int:campaign_id>/testmail/", newsletters.test_mail, name="newsletter-test"),
    path("mails/nieuwsbrief/<int:campaign_id>/kopie/", newsletters.copy, name="newsletter-copy"),
    path("mails/nieuwsbrief/<int:campaign_id>/weg/", newsletters.remove, name="newsletter-remove"),
    path("mails/nieuwsbrief/<int:campaign_id>/blok/erbij/", blocks.add, name="block-add"),
    path("mails/nieuwsbrief/<int:campaign_id>/blok/", blocks.save, name="block-save"),
    path("mails/nieuwsbrief/<int:campaign_id>/blok/schuif/", blocks.move, name="block-move"),
    path("mails/nieuwsbrief/<int:campaign_id>/blok/weg/", blocks.remove, name="block-remove"),
    path("mails/nieuwsbrief/<int:campaign_id>/doelgroep/", audiences.audience, name="newsletter-audience"),
    path(
        "mails/nieuwsbrief/<int:campaign_id>/doelgroep/weg/", audiences.remove, name="newsletter-rule-remove"
    ),
    path(
        "mails/nieuwsbrief/<int:campaign_id>/doelgroep/samen/", audiences.join, name="newsletter-rules-join"
    ),
    path("mails/nieuwsbrief/<int:campaign_id>/versturen/", departures.departure, name="newsletter-send"),
    path("mails/nieuwsbrief/<int:campaign_id>/terug/", departures.take_back, name="newsletter-take-back"),
    path("mails/nieuwsbrief/<int:campaign_id>/stilzetten/", departures.pause, name="newsletter-pause"),
    path("mails/nieuwsbrief/<int:campaign_id>/verder/", departures.go_on, name="newsletter-go-on"),
    path("mails/nieuwsbrief/<int:campaign_id>/stoppen/", departures.stop, name="newsletter-stop"),
]
