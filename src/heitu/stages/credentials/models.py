"""Open Badges 3.0 credentials: what was achieved, by whom, proved by a signature."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from heitu.ground.core.fields import TextField
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


class Credential(models.Model):
    """One signed OpenBadgeCredential; `status_index` is its bit in the revocation list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="credentials")
    application = models.ForeignKey(Application, models.PROTECT, related_name="credentials")
    title = TextField()
    skills = ArrayField(models.CharField(max_length=60), default=list)
    document = models.JSONField(default=dict, help_text="the credential with its Data Integrity proof")
    jwt = models.TextField(blank=True, help_text="the same credential as a VC-JWT")
    status_index = models.PositiveIntegerField(unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revocation_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-issued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "application"], name="credential_once_per_case")
        ]
