from django.urls import path

from consent.signup import views

urlpatterns = [
    path("aanmelden/<str:token>/", views.confirm, name="signup-confirm"),
    path("aanmelden/<slug:slug>/<slug:form_slug>/", views.ask, name="signup"),
]
