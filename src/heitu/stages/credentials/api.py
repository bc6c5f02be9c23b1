"""Credentials for programs."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from ninja.security import django_auth

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.credentials import actions, queries, rules
from heitu.stages.credentials.badge import verifying
from heitu.stages.credentials.models import Credential

router = Router(tags=["credentials"], auth=[TokenAuth(Scope.READ), django_auth])


class CredentialOut(Schema):
    id: uuid.UUID
    holder: str
    title: Text
    skills: list[str]
    call: str
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str


class RevokeIn(Schema):
    reason: str


class VerifyIn(Schema):
    badge: str = Field(description="a credential as JSON or VC-JWT, or a baked SVG", max_length=verifying.MOST_BYTES)


class CheckOut(Schema):
    code: str
    outcome: verifying.Outcome
    title: Text
    detail: Text


class ReportOut(Schema):
    verdict: verifying.Outcome
    checks: list[CheckOut]
    credential: dict[str, Any] | None


@router.get("/credentials", response=list[CredentialOut], summary="My credentials; all of them for the office")
def listed(request: HttpRequest, q: str = "", offset: int = 0, limit: int = 50) -> list[CredentialOut]:
    found = queries.found(person_of(request), q.strip())
    return [_out(credential) for credential in found[max(offset, 0) : max(offset, 0) + min(max(limit, 1), 200)]]


@router.get("/credentials/{uuid:pk}", response=CredentialOut, auth=None, summary="One credential, by its address")
def one(request: HttpRequest, pk: uuid.UUID) -> CredentialOut:
    return _out(get_object_or_404(queries.with_case(), pk=pk))


@router.post(
    "/credentials/{uuid:pk}/revocation", response=CredentialOut, summary="Revoke, with the reason",
    auth=[TokenAuth(Scope.MANAGE), django_auth],
)
def revoke(request: HttpRequest, pk: uuid.UUID, body: RevokeIn) -> CredentialOut:
    person = person_of(request)
    credential = get_object_or_404(rules.revocable_by(person), pk=pk)
    actions.revoke(credential=credential, by=person, now=clock.now(), reason=body.reason)
    return _out(queries.with_case().get(pk=pk))


@router.post("/verify", response=ReportOut, auth=None, summary="Verify a badge from anywhere")
def verify(request: HttpRequest, body: VerifyIn) -> ReportOut:
    report = verifying.verify(body.badge.encode(), knowledge=queries.knowledge(), now=clock.now())
    checks = [
        CheckOut(code=check.code, outcome=check.outcome, title=check.title, detail=check.detail)
        for check in report.checks
    ]
    return ReportOut(verdict=report.verdict, checks=checks, credential=report.credential)


def _out(credential: Credential) -> CredentialOut:
    return CredentialOut(
        id=credential.pk, holder=queries.holder_name(credential.document), title=credential.title,
        skills=credential.skills, call=credential.application.call.number, issued_at=credential.issued_at,
        revoked_at=credential.revoked_at, revocation_reason=credential.revocation_reason,
    )
