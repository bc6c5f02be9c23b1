from django.db import models


class PayoutStatus(models.TextChoices):
    PROPOSED = "proposed", "待审批 Waiting"
    PAID = "paid", "已支付 Paid"
    REFUSED = "refused", "已退回 Sent back"
