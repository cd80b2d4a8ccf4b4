from django.urls import path

from consent.preferences import views

urlpatterns = [
    path("v/", views.preferences, name="preferences"),
    path("v/<str:token>/", views.enter, name="preferences-enter"),
    path("huisstijl/<slug:slug>.css", views.house_style, name="house-style"),
]
