from django.apps import AppConfig


class SettlementConfig(AppConfig):
    name = "heitu.stages.settlement"
    label = "settlement"
