from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    name = "heitu.engines.lifecycle"
    label = "lifecycle"
