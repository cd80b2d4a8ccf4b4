from django.urls import path

from consent.preferences import views

urlpatterns = [
    path("huisstijl/<slug:slug>.css", views.house_style, name="house-style"),
]
