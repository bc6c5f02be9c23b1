from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "heitu.site"
    label = "heitu_site"
