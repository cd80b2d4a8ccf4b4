from django.urls import path

from bibmail.network import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("verzending/", views.sending, name="sending"),
]
