from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    name = "heitu.ground.audit"
    label = "audit"

    def ready(self) -> None:
        post_migrate.connect(_begin_chains, sender=self)


def _begin_chains(**_: Any) -> None:
    from heitu.ground.audit import chain

    chain.begin()
