from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "heitu.stages.calls"
    label = "calls"
