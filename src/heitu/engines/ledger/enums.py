from django.db import models


class Kind(models.TextChoices):
    """What a transfer does: move at once, reserve, move what was reserved, or let a reservation go."""

    SINGLE = "single", "转账 Transfer"
    PENDING = "pending", "预留 Hold"
    POST = "post", "入账 Settled"
    VOID = "void", "释放 Released"


class AccountKind(models.TextChoices):
    SOURCE = "source", "来源 Source"
    FUND = "fund", "基金 Fund"
    POT = "pot", "奖池 Pot"
    PROJECT = "project", "项目 Project"
    PAYEE = "payee", "收款方 Payee"
    VOID = "void", "消耗 Used up"
