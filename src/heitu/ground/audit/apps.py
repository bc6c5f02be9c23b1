from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "heitu.ground.audit"
    label = "audit"
