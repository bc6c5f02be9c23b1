from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "heitu.engines.ledger"
    label = "ledger"
