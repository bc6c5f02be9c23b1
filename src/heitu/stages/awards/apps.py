from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "heitu.stages.awards"
    label = "awards"
