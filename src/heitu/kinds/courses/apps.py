from importlib import import_module

from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "heitu.kinds.courses"
    label = "courses"

    def ready(self) -> None:
        for module in ("checking", "lifecycle", "lms", "panels"):
            import_module(f"{self.name}.{module}")
