from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "heitu.ui"
    label = "ui"
