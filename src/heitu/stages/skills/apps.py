from importlib import import_module

from django.apps import AppConfig


class SkillsConfig(AppConfig):
    name = "heitu.stages.skills"
    label = "skills"

    def ready(self) -> None:
        # `queries` too, for it tells the credentials what skills are called.
        for module in ("lifecycle", "panels", "queries"):
            import_module(f"{self.name}.{module}")
