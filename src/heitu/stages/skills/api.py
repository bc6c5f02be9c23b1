"""The skill graph and evidence for programs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from ninja.security import django_auth

from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.skills import queries, rules
from heitu.stages.skills.models import Skill

router = Router(tags=["skills"], auth=[TokenAuth(Scope.READ), django_auth])


class SkillOut(Schema):
    slug: str
    pack: str
    title: Text
    description: Text
    prerequisites: list[str]
    people: int
    calls: int


class ShownOut(Schema):
    skill: str
    title: Text
    level: int
    times: int
    last: datetime


class EvidenceOut(Schema):
    skill: str
    level: int
    at: datetime
    application: int
    call: str


class PersonEvidenceOut(Schema):
    """`evidence` is None where the reader may not know the cases."""

    person: int
    name: str
    shown: list[ShownOut]
    evidence: list[EvidenceOut] | None


@router.get("/skills", response=list[SkillOut], auth=None, summary="The skill graph")
def listed(request: HttpRequest, q: str = "", pack: str = "") -> list[SkillOut]:
    skills, people = list(queries.found(q.strip(), pack)), queries.people_per_skill()
    needs, calls = queries.prerequisites(skills), queries.calls_per_skill(person_of(request))
    return [
        SkillOut(
            slug=skill.slug, pack=skill.pack, title=skill.title, description=skill.description,
            prerequisites=list(needs[skill.slug]), people=people.get(skill.slug, 0), calls=calls.get(skill.slug, 0),
        )
        for skill in skills
    ]


@router.get("/skills/{slug}/levels", response=dict[int, int], auth=None, summary="How many people at each level")
def levels(request: HttpRequest, slug: str) -> dict[int, int]:
    return queries.people_per_level(get_object_or_404(Skill, slug=slug))


@router.get("/people/{int:pk}/evidence", response=PersonEvidenceOut, summary="What a person has shown")
def evidence(request: HttpRequest, pk: int) -> PersonEvidenceOut:
    viewer = person_of(request)
    person = get_object_or_404(rules.people_with_visible_evidence(viewer), pk=pk)
    shown = [
        ShownOut(skill=one.skill.slug, title=one.skill.title, level=one.level, times=one.times, last=one.last)
        for one in queries.shown_by(person)
    ]
    full = [
        EvidenceOut(
            skill=one.skill.slug, level=one.level, at=one.at, application=one.application_id,
            call=one.application.call.number,
        )
        for one in queries.evidence_of(person)
    ] if queries.can_see_cases(viewer, person) else None
    return PersonEvidenceOut(person=person.pk, name=person.name, shown=shown, evidence=full)
