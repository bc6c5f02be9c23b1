from django.db import models


class MilestoneStatus(models.TextChoices):
    RUNNING = "running", "进行中 Running"
    ACCEPTED = "accepted", "已验收 Accepted"
    PAID = "paid", "已支付 Paid"
    RELEASED = "released", "已释放 Released"
