from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "heitu.stages.work"
    label = "work"
