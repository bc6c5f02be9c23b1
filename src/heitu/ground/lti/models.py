"""Learning platforms that may launch us, who and what they have launched, and the scores on their way back."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from heitu.ground.core.text import Text
from heitu.ground.lti import addresses
from heitu.ground.lti.enums import Product, Sending
from heitu.ground.people.models import Institution, Person


class Key(models.Model):
    """One of our RSA keys for one platform. Published some days before it signs, and some days after its successor does."""

    platform = models.ForeignKey("Platform", models.CASCADE, related_name="our_keys")
    kid = models.CharField(max_length=40, unique=True)
    private = models.TextField(help_text="PEM, encrypted with the installation's secret")
    public = models.JSONField(help_text="JWK")
    published_at = models.DateTimeField()
    signs_from = models.DateTimeField()

    class Meta:
        ordering = ["-signs_from", "-pk"]

    def __str__(self) -> str:
        return self.kid


class Platform(models.Model):
    """A learning platform's registration of us. Its addresses may be filled in after ours were handed out."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="platforms")
    name = models.CharField(max_length=80)
    product = models.CharField(max_length=8, choices=Product)
    issuer = models.CharField(max_length=255, blank=True)
    client_id = models.CharField(max_length=255, blank=True)
    auth_url = models.CharField(max_length=500, blank=True)
    token_url = models.CharField(max_length=500, blank=True)
    keys_url = models.CharField(max_length=500, blank=True)
    token_audience = models.CharField(max_length=500, blank=True, help_text="if not the token address")
    more_origins = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True, blank=True)
    invitation = models.CharField(max_length=64, null=True, unique=True, help_text="SHA-256 of a registration link")
    invitation_until = models.DateTimeField(null=True)
    keys = models.JSONField(null=True, help_text="the platform's key set as it was fetched last")
    keys_fetched_at = models.DateTimeField(null=True)
    keys_tried_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=list, help_text="[{title, good, zh, en}] of the last self-check")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "issuer", "client_id"], condition=~Q(client_id=""), name="platform_registered_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("lms_platform", args=[self.pk])

    @property
    def is_complete(self) -> bool:
        return all((self.issuer, self.client_id, self.auth_url, self.token_url, self.keys_url))

    @property
    def is_open(self) -> bool:
        return self.is_complete and self.disabled_at is None

    @property
    def origins(self) -> list[str]:
        """Where the platform's pages and services are, `https://*.example.edu` for any host under one."""
        own = [addresses.origin(url) for url in (self.issuer, self.auth_url, self.token_url, self.keys_url)]
        return list(dict.fromkeys([each for each in own if each] + self.more_origins))

    def serves(self, url: str) -> bool:
        """Whether the address is the platform's own, so that our access token may go there."""
        return addresses.is_at(url, self.origins)


class Deployment(models.Model):
    """One place in the platform where the tool was put up; launches from it wait for approval."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="deployments")
    deployment_id = models.CharField(max_length=255)
    seen_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["platform", "deployment_id"], name="deployment_once")]

    def __str__(self) -> str:
        return self.deployment_id


class Account(models.Model):
    """Who somebody of a platform is here. Name and address are what the platform says, and prove nothing."""

    platform = models.ForeignKey(Platform, models.PROTECT, related_name="accounts")
    sub = models.CharField(max_length=255)
    person = models.ForeignKey(Person, models.PROTECT, related_name="lti_accounts")
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "sub"], name="lti_account_once")]
        indexes = [models.Index(fields=["person", "platform"], name="lti_account_person")]

    def __str__(self) -> str:
        return f"{self.sub} of {self.platform_id}"


class Context(models.Model):
    """A course of the platform, with the address of its list of members where it gives us one."""

    deployment = models.ForeignKey(Deployment, models.CASCADE, related_name="contexts")
    context_id = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    members_url = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deployment", "context_id"], name="lti_context_once")]

    def __str__(self) -> str:
        return self.title or self.context_id

    @property
    def platform(self) -> Platform:
        return self.deployment.platform


class Link(models.Model):
    """Something of ours in a course of the platform, with where its scores go."""

    context = models.ForeignKey(Context, models.CASCADE, related_name="links")
    link_id = models.CharField(max_length=255)
    title = models.CharField(max_length=255, blank=True)
    item_url = models.CharField(max_length=1000, blank=True, help_text="its column in the platform's gradebook")
    items_url = models.CharField(max_length=1000, blank=True)
    scopes = ArrayField(models.CharField(max_length=200), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["context", "link_id"], name="lti_link_once")]

    def __str__(self) -> str:
        return self.title or self.link_id


class Attempt(models.Model):
    """A launch under way: what it must come back with. Used once; the browser's half of the state is a cookie."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="attempts")
    state = models.CharField(max_length=64, unique=True, help_text="SHA-256")
    nonce = models.CharField(max_length=64)
    asked = models.JSONField(help_text="what the platform began with")
    source = models.CharField(max_length=32, help_text="HMAC of the address that it began from")
    at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source", "at"], name="lti_attempt_source")]

    def __str__(self) -> str:
        return f"{self.platform_id} {self.at}"


class Launch(models.Model):
    """A launch that arrived, or was refused and why. `claims` is kept for a day, as somebody may go on with it."""

    platform = models.ForeignKey(Platform, models.CASCADE, related_name="launches")
    at = models.DateTimeField()
    name = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=60, blank=True)
    account = models.ForeignKey(Account, models.SET_NULL, null=True, related_name="launches")
    context = models.ForeignKey(Context, models.SET_NULL, null=True, related_name="launches")
    link = models.ForeignKey(Link, models.SET_NULL, null=True, related_name="launches")
    target = models.CharField(max_length=500, blank=True, help_text="the path that it opens")
    claims = models.JSONField(null=True)
    refused = models.JSONField(null=True, help_text="{code, zh, en}")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["platform", "-at"], name="lti_launch_newest"),
            models.Index(fields=["platform", "-at"], condition=Q(refused__isnull=False), name="lti_launch_refused"),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.at}"

    @property
    def reason(self) -> Text | None:
        return Text(zh=self.refused["zh"], en=self.refused["en"]) if self.refused else None


class Score(models.Model):
    """The latest score of a person for a link, and whether it arrived. `given` None takes an earlier one away."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="scores")
    account = models.ForeignKey(Account, models.CASCADE, related_name="scores")
    given = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    maximum = models.DecimalField(max_digits=8, decimal_places=2)
    at = models.DateTimeField(help_text="the timestamp by which the platform tells newer from older")
    state = models.CharField(max_length=8, choices=Sending, default=Sending.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.JSONField(null=True, help_text="{code, zh, en} of the last try")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "account"], name="lti_score_once"),
            models.CheckConstraint(condition=Q(given__isnull=True) | Q(given__gte=0), name="lti_score_not_negative"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state=Sending.WAITING), name="lti_score_due"),
        ]

    def __str__(self) -> str:
        return f"{self.given}/{self.maximum} {self.state}"

    @property
    def reason(self) -> Text | None:
        return Text(zh=self.problem["zh"], en=self.problem["en"]) if self.problem else None

    @property
    def state_title(self) -> Text:
        return Sending(self.state).text


