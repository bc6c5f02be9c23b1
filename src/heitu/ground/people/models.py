"""Persons, institutions, and what ties them: memberships, teams, invitations, notifications."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property

from heitu.ground.core.fields import TextField
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.enums import ECOSYSTEM_ROLES, ImportKind, InstitutionKind, Role, Scope, Verification

NO_ADDRESS = "@nobody.invalid"  # of accounts that a learning platform vouches for; nothing can be sent there (RFC 2606)


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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="person_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """What the person is now, verified or not, with institutions; one query for each loaded person.

        An action that changes memberships calls `forget_memberships` on the instance it was given.
        """
        return memberships_in_force(person=self.pk)

    @property
    def has_address(self) -> bool:
        return not self.email.endswith(NO_ADDRESS)

    def forget_memberships(self) -> None:
        self.__dict__.pop("current_memberships", None)

    @property
    def initials(self) -> str:
        """What stands in the round where other products have a photograph: 林, or LZ without Chinese."""
        first = self.name[:1]
        if first and not first.isascii():
            return first
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class Institution(models.Model):
    slug = models.SlugField(unique=True)
    name = TextField()
    kind = models.CharField(max_length=12, choices=InstitutionKind)
    region = models.CharField(max_length=40, blank=True)
    domain = models.CharField(max_length=120, blank=True, help_text="e-mail domain that verifies a member")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=~Q(domain=""), name="institution_domain_once"),
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="institution_domain_lower_case"),
        ]

    def __str__(self) -> str:
        return str(self.name)

    def get_absolute_url(self) -> str:
        return reverse("people:institution", args=[self.slug])

    @property
    def kind_title(self) -> Text:
        return InstitutionKind(self.kind).text


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
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ECOSYSTEM_ROLES), institution__isnull=True)
                | Q(role=Role.STUDENT)
                | (~Q(role__in=sorted(ECOSYSTEM_ROLES)) & Q(institution__isnull=False)),
                name="membership_role_fits_institution",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_period"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role}"

    @property
    def role_title(self) -> Text:
        return Role(self.role).text


@prepared(person=int)
def memberships_in_force(person: int) -> models.QuerySet[Membership]:
    """What the person is now, with institutions, first joined first."""
    held = Membership.objects.filter(person=person, until__isnull=True).select_related("institution")
    return held.order_by("since", "id")


class Team(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="teams")
    introduction = TextField(default=Text, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("people:team", args=[self.slug])


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

    def __str__(self) -> str:
        return f"{self.person_id} in {self.team_id}"


@prepared(team=int)
def members_now(team: int) -> models.QuerySet[TeamMember]:
    """Who is in the team now, with the persons, the lead first."""
    present = TeamMember.objects.filter(team=team, left_at__isnull=True).select_related("person")
    return present.order_by("-is_lead", "joined_at", "pk")


class Invitation(models.Model):
    """An offer by mail of a role, or of a place in a team; the link is signed, nothing secret is stored."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role, blank=True)
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="invitations")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="invitations")
    invited_by = models.ForeignKey(Person, models.CASCADE, related_name="invitations_sent")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="invitations_accepted"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email", "role", "institution", "team"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                nulls_distinct=False,
                name="invitation_open_once",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=False, role="", institution__isnull=True)
                | (Q(team__isnull=True) & ~Q(role="")),
                name="invitation_to_role_or_team",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(revoked_at__isnull=True), name="invitation_one_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} → {self.role or self.team_id}"

    @property
    def offer(self) -> Text:
        """What is offered, in words: 灯塔团队成员, or 教师 · 云岭大学."""
        if self.team is not None:
            return Text(zh=f"团队“{self.team.name}”成员", en=f"member of the team “{self.team.name}”")
        title = Role(self.role).text
        if self.institution is None:
            return title
        name = self.institution.name
        return Text(zh=f"{title.zh} · {name.in_('zh')}", en=f"{title.en} · {name.in_('en')}")


class Notification(models.Model):
    """Something a person should know, with the page where it can be dealt with."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=40)
    title = TextField()
    body = TextField(blank=True)
    url = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notification_newest"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class ApiToken(models.Model):
    """A key for programs. Only its SHA-256 is kept: the token itself is shown once."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    start = models.CharField(max_length=12, help_text="first characters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"

    @property
    def scope_titles(self) -> list[Text]:
        return [Scope(scope).text for scope in self.scopes]


class ImportRun(models.Model):
    """One uploaded table: what became of it, and the rows at fault if nothing was taken over."""

    kind = models.CharField(max_length=12, choices=ImportKind)
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="imports")
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="imports")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list, help_text="[{row, column, value, zh, en}]")

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

    @property
    def succeeded(self) -> bool:
        return not self.faults
