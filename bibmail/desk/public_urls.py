from django.urls import path
from django.views.i18n import set_language

from bibmail.desk import public_views

urlpatterns = [
    path("", public_views.home, name="home"),
    path("weergave/", public_views.set_theme, name="set-theme"),
    path("taal/", set_language, name="set-language"),
    path("robots.txt", public_views.robots, name="robots"),
    path("favicon.ico", public_views.favicon, name="favicon"),
]
