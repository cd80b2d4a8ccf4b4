from django.urls import path

from journeys.views import acts, pages

_ONE = "klantreizen/<slug:recipe>/"

urlpatterns = [
    path("klantreizen/", pages.journeys, name="journeys"),
    path(_ONE, pages.journey, name="journey"),
    path(_ONE + "bereik/", pages.journey_reach, name="journey-reach"),
    path(_ONE + "nakijken/", pages.journey_checks, name="journey-checks"),
    path(_ONE + "aanzetten/", acts.activate, name="journey-activate"),
    path(_ONE + "instellingen/", acts.settings, name="journey-settings"),
    path(_ONE + "stilleggen/", acts.pause, name="journey-pause"),
    path(_ONE + "verder/", acts.resume, name="journey-resume"),
    path(_ONE + "stoppen/", acts.stop, name="journey-stop"),
    path(_ONE + "stap/<slug:step>/", pages.step_people, name="journey-step"),
    path(_ONE + "mail/<slug:mail>/", pages.journey_mail, name="journey-mail"),
    path(_ONE + "mail/<slug:mail>/html/", pages.journey_mail_html, name="journey-mail-html"),
]
