"""Persons, institutions, and what ties them: memberships, teams, invitations, notifications."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.enums import InstitutionKind, Role, Verification


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with an e-mail address."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=80)
    name_latin = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    time_zone = models.CharField(max_length=40, default="Asia/Shanghai")
    wants_mail = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField()

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name


class Institution(models.Model):
    slug = models.SlugField(unique=True)
    name = TextField()
    kind = models.CharField(max_length=12, choices=InstitutionKind)
    region = models.CharField(max_length=40, blank=True)
    domain = models.CharField(max_length=120, blank=True, help_text="e-mail domain that verifies a member")

    def __str__(self) -> str:
        return str(self.name)


class Membership(models.Model):
    """A role that a person holds: at an institution, or (institution empty) in the whole ecosystem."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, blank=True, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    verification = models.CharField(max_length=10, choices=Verification, default=Verification.PENDING)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "institution", "role"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="membership_once",
            )
        ]


class Team(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="teams")
    introduction = TextField(default=Text, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, models.CASCADE, related_name="team_memberships")
    is_lead = models.BooleanField(default=False)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(left_at__isnull=True), name="team_member_once"
            ),
            models.UniqueConstraint(
                fields=["team"], condition=Q(is_lead=True, left_at__isnull=True), name="team_one_lead"
            ),
        ]
