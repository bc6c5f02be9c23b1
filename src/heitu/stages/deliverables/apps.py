from django.apps import AppConfig


class DeliverablesConfig(AppConfig):
    name = "heitu.stages.deliverables"
    label = "deliverables"
