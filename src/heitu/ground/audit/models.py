"""What was done by whom, and the sealed chains that show when somebody rewrote it."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models


class ChainHead(models.Model):
    """How far one shard of a table's chain has come; `seal` can only be made with the installation's key."""

    stream = models.CharField(max_length=63)
    shard = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)
    tip = models.BinaryField(max_length=16)
    seal = models.BinaryField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stream", "shard"], name="chain_head_once")]

    def __str__(self) -> str:
        return f"{self.stream}/{self.shard}"


class Chained(models.Model):
    """A row that `chain.append` numbers, seals and links to the row before it.

    A subclass names in `SEALED` the attributes that its seal covers (`"case_id"`, not `"case"`). The order is part of
    the seal: later fields go at the end and are nullable, so that rows sealed before them stay valid.
    """

    SEALED: ClassVar[tuple[str, ...]]

    id = models.BigIntegerField(primary_key=True, editable=False)
    mac = models.BinaryField(max_length=16, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is written by heitu.ground.audit.chain.append")


class AuditEntry(Chained):
    """One thing that somebody did (`actor` empty: the system itself)."""

    SEALED = ("action", "actor_id", "subject", "detail", "at")

    action = models.CharField(max_length=80)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    subject = models.CharField(max_length=120, help_text="app_label.model:id, or a name in plain words")
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_subject"),
            models.Index(fields=["-at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
