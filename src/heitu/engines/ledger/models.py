"""Commodities, accounts and transfers. Written by actions.py only; the database holds the invariants as well."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThanOrEqual

from heitu.engines.ledger.enums import AccountKind, Kind
from heitu.ground.audit.models import Chained
from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text


class Commodity(Chained):
    """What is counted, in whole smallest units: CNY in fen (scale 2), NPU_S:910B in device-seconds (scale 0)."""

    SEALED = ("code", "scale")

    code = models.CharField(max_length=40, unique=True)
    scale = models.PositiveSmallIntegerField(help_text="decimals between the smallest unit and the one in use")

    class Meta:
        verbose_name_plural = "commodities"

    def __str__(self) -> str:
        return self.code


class Account(Chained):
    """A place where one commodity is; what it holds is `credits - debits`. Only the balances and title ever change."""

    SEALED = ("commodity_id", "code", "owner", "kind", "may_overdraw")

    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="accounts")
    code = models.CharField(max_length=120, unique=True)
    owner = models.CharField(max_length=120, blank=True, help_text="whose it is, when the code doesn't say")
    kind = models.CharField(max_length=10, choices=AccountKind)
    may_overdraw = models.BooleanField(default=False)
    title = TextField(default=Text)
    debits_pending = models.BigIntegerField(default=0)
    debits_posted = models.BigIntegerField(default=0)
    credits_pending = models.BigIntegerField(default=0)
    credits_posted = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "commodity"], name="account_commodity"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(
                    Least("debits_pending", "debits_posted", "credits_pending", "credits_posted"), 0
                ),
                name="account_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(may_overdraw=True)
                | Q(credits_posted__gte=F("debits_posted") + F("debits_pending")),
                name="account_no_overdraft",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Transfer(Chained):
    """One amount from `debit` to `credit`; balanced by construction and never changed.

    `pending` is the hold that a post or void resolves and `held` that hold's amount; a post may move less than held.
    Accounts, commodity and actor are checked by a trigger once for all rows of a statement (docs/adr/0003).
    """

    SEALED = (
        "kind", "commodity_id", "debit_id", "credit_id", "amount", "held", "pending_id", "reversal_of_id",
        "journal_id", "idempotency_key", "actor_id", "approver_id", "reason", "source", "period", "expires_at", "at",
    )

    kind = models.CharField(max_length=8, choices=Kind)
    commodity = models.ForeignKey(Commodity, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    debit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    amount = models.BigIntegerField()
    held = models.BigIntegerField(default=0)
    pending = models.ForeignKey("self", models.PROTECT, null=True, related_name="resolutions", db_index=False)
    reversal_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="reversals", db_index=False)
    journal_id = models.CharField(max_length=80, blank=True)
    idempotency_key = models.CharField(max_length=200)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    approver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=120, blank=True)
    period = models.CharField(max_length=20, blank=True)
    expires_at = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0) & ~Q(debit=F("credit")), name="transfer_moves_something"),
            models.CheckConstraint(
                condition=Q(kind=Kind.SINGLE, pending=None, held=0, expires_at=None)
                | Q(kind=Kind.PENDING, pending=None, held=0, reversal_of=None)
                | Q(kind=Kind.POST, pending__isnull=False, held__gte=F("amount"), reversal_of=None, expires_at=None)
                | Q(kind=Kind.VOID, pending__isnull=False, held=F("amount"), reversal_of=None, expires_at=None),
                name="transfer_shape",
            ),
            models.UniqueConstraint(fields=["idempotency_key"], name="transfer_key_once"),
            models.UniqueConstraint(
                fields=["reversal_of"], condition=Q(reversal_of__isnull=False), name="transfer_reversed_once"
            ),
            models.UniqueConstraint(
                fields=["pending"], condition=Q(kind__in=[Kind.POST, Kind.VOID]), name="transfer_resolved_once"
            ),
        ]
        indexes = [
            models.Index(fields=["debit", "at"], name="transfer_debit"),
            models.Index(fields=["credit", "at"], name="transfer_credit"),
            models.Index(fields=["expires_at"], condition=Q(expires_at__isnull=False), name="transfer_expiry"),
            models.Index(fields=["journal_id"], condition=~Q(journal_id=""), name="transfer_journal"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
