from django.urls import path

from campaigns.views import accounts, house, sending, services

urlpatterns = [
    path("instellingen/huisstijl/", house.brand, name="brand"),
    path("instellingen/huisstijl/zo-ziet-het-eruit/", house.brand_shown, name="brand-shown"),
    path("instellingen/huisstijl/mail/", house.brand_mail, name="brand-mail"),
    path("instellingen/teksten/", house.texts, name="texts"),
    path("aanbod/", services.index, name="services"),
    path("aanbod/<slug:service>/", services.change, name="service"),
    path("instellingen/versturen/", sending.sending, name="sending"),
    path("instellingen/versturen/account/", accounts.account, name="sending-account"),
    path("instellingen/versturen/account/aanpassen/", accounts.change, name="sending-account-change"),
    path("instellingen/versturen/account/test/", accounts.try_out, name="sending-account-test"),
    path("instellingen/versturen/account/webhook/", accounts.webhook, name="sending-account-webhook"),
    path("instellingen/versturen/account/weg/", accounts.leave, name="sending-account-leave"),
    path("instellingen/versturen/proef-voorbij/", sending.leave_trial, name="trial-leave"),
    path("instellingen/versturen/proef/", sending.enter_trial, name="trial-enter"),
    path("instellingen/versturen/stilleggen/", sending.stop, name="sending-stop"),
    path("instellingen/versturen/verder/", sending.resume, name="sending-resume"),
]
