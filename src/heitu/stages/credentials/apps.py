from importlib import import_module

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "heitu.stages.credentials"
    label = "credentials"

    def ready(self) -> None:
        for module in ("lifecycle", "panels"):
            import_module(f"{self.name}.{module}")
