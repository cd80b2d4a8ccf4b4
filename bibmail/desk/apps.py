from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "bibmail.desk"
    label = "desk"
