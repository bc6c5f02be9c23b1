from django.db import models


class ReviewStatus(models.TextChoices):
    INVITED = "invited", "已邀请 Invited"
    ACCEPTED = "accepted", "已接受 Accepted"
    DECLINED = "declined", "已谢绝 Declined"
    SUBMITTED = "submitted", "已提交 Submitted"


class Recommendation(models.TextChoices):
    SUPPORT = "support", "支持 Support"
    UNDECIDED = "undecided", "两可 Undecided"
    OPPOSE = "oppose", "反对 Oppose"
