from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "heitu.ground.core"
    label = "core"
