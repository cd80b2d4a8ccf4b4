from django.urls import path

from campaigns.views import sending

urlpatterns = [
    path("instellingen/versturen/", sending.sending, name="sending"),
    path("instellingen/versturen/proef-voorbij/", sending.leave_trial, name="trial-leave"),
    path("instellingen/versturen/proef/", sending.enter_trial, name="trial-enter"),
    path("instellingen/versturen/stilleggen/", sending.stop, name="sending-stop"),
    path("instellingen/versturen/verder/", sending.resume, name="sending-resume"),
]
