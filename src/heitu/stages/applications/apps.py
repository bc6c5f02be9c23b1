from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "heitu.stages.applications"
    label = "applications"
