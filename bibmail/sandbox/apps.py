from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "bibmail.sandbox"
    label = "sandbox"
