from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SiteConfig(AppConfig):
    name = "heitu.site"
    label = "heitu_site"

    def ready(self) -> None:
        """Let every package register what definitions may name, and its panels for the case page."""
        autodiscover_modules("lifecycle", "panels")
