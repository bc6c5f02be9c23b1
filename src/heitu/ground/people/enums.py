"""The closed lists of this package; every label carries both languages, Chinese first."""

from __future__ import annotations

from django.db import models

from heitu.ground.core.text import Text


class Titled(models.TextChoices):
    """A choice whose label "中文 English" reads as a `Text`."""

    @property
    def text(self) -> Text:
        zh, _, en = str(self.label).partition(" ")
        return Text(zh=zh, en=en)


class Role(Titled):
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


# Roles towards the whole ecosystem: given by officers only, never tied to an institution.
ECOSYSTEM_ROLES = frozenset({Role.OFFICER, Role.EXPERT, Role.FINANCE, Role.AUDITOR})
# Roles at an institution. A student or developer may also stand alone.
LOCAL_ROLES = frozenset(Role) - ECOSYSTEM_ROLES
# Roles that an address at the institution's own domain proves; it says nothing about who leads or pays.
PROVEN_BY_DOMAIN = frozenset({Role.TEACHER, Role.STUDENT})


class InstitutionKind(Titled):
    UNIVERSITY = "university", "高校 University"
    COMPANY = "company", "企业 Company"
    INSTITUTE = "institute", "研究院所 Research institute"
    CENTRE = "centre", "算力中心 Computing centre"
    COMMUNITY = "community", "社区 Community"


class Verification(Titled):
    PENDING = "pending", "待核验 Waiting"
    VERIFIED = "verified", "已核验 Verified"
    REFUSED = "refused", "未通过 Refused"


class Scope(Titled):
    """What the holder of an API token may do, within what the person may do."""

    READ = "read", "读取 Read"
    SUBMIT = "submit", "提交 Submit applications and deliveries"
    REVIEW = "review", "评审 Review and score"
    MANAGE = "manage", "管理 Manage institutions, teams and members"


class ImportKind(Titled):
    INSTITUTIONS = "institutions", "机构 Institutions"
    MEMBERS = "members", "成员 Members"
