from django.db import models


class Role(models.TextChoices):
    """What a person is to an institution, or (institution empty) to the whole ecosystem."""

    OFFICER = "officer", "运营 Programme officer"
    OWNER = "owner", "出题人 Task owner"
    EXPERT = "expert", "专家 Expert"
    TEACHER = "teacher", "教师 Teacher"
    STUDENT = "student", "学生/开发者 Student or developer"
    LEAD = "university_lead", "院校负责人 University lead"
    OPERATOR = "centre_operator", "算力中心 Computing centre operator"
    FINANCE = "finance", "财务 Finance officer"
    AUDITOR = "auditor", "审计 Auditor"


class InstitutionKind(models.TextChoices):
    UNIVERSITY = "university", "高校 University"
    COMPANY = "company", "企业 Company"
    INSTITUTE = "institute", "研究院所 Research institute"
    CENTRE = "centre", "算力中心 Computing centre"
    COMMUNITY = "community", "社区 Community"


class Verification(models.TextChoices):
    PENDING = "pending", "待核验 Waiting"
    VERIFIED = "verified", "已核验 Verified"
    REFUSED = "refused", "未通过 Refused"
