from django.urls import path

from bibmail.network import health_views, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("verzending/", views.sending, name="sending"),
    path("gezondheid/", health_views.index, name="health"),
    path("gezondheid/account/<slug:account>/", health_views.line, name="line"),
]
