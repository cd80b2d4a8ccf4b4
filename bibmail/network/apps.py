from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "bibmail.network"
    label = "network"
