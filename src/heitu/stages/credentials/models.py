"""Open Badges 3.0 credentials: what was achieved, by whom, proved by a signature."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heitu.ground.core.fields import TextField
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


class Credential(models.Model):
    """One OpenBadgeCredential; `status_index` is its bit in the revocation lists, counted through all of them.

    What it says is fixed when it is issued; the signatures are added once, by the queue or the first reader.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    application = models.ForeignKey(Application, models.PROTECT, related_name="credentials")
    title = TextField()
    skills = ArrayField(models.CharField(max_length=60), default=list)
    document = models.JSONField(help_text="the credential, once signed with its Data Integrity proof")
    jwt = models.TextField(blank=True, help_text="the same credential as a VC-JWT")
    status_index = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    revocation_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "application"], name="credential_once_per_case"),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, jwt="") | (Q(signed_at__isnull=False) & ~Q(jwt="")),
                name="credential_signed_twice_at_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="credential_revoked_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["issued_at"], condition=Q(signed_at__isnull=True), name="credential_waiting"),
            models.Index(fields=["status_index"], condition=Q(revoked_at__isnull=False), name="credential_revoked"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.person_id}"
