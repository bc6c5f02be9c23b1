from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "heitu.stages.credentials"
    label = "credentials"
