from django.db import models


class MachineName(models.TextChoices):
    """Which of a programme's machines a case runs on."""

    CALL = "call", "征集 Call"
    CASE = "case", "事项 Case"


class Outcome(models.TextChoices):
    """How a case ended."""

    SUCCESS = "success", "完成 Success"
    REFUSED = "refused", "未通过 Refused"
    WITHDRAWN = "withdrawn", "已撤回 Withdrawn"
    LAPSED = "lapsed", "已逾期 Lapsed"
    TERMINATED = "terminated", "已终止 Terminated"
