"""The work log for programs."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import paginate
from ninja.security import django_auth

from heitu.ground.core.clock import now
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.applications.rules import visible_applications
from heitu.stages.work import actions
from heitu.stages.work.models import Note
from heitu.stages.work.rules import can_read_log, can_write_note

router = Router(tags=["work"], auth=[TokenAuth(Scope.READ), django_auth])


class NoteIn(Schema):
    text: str


class NoteOut(Schema):
    id: int
    author: str
    text: str
    at: datetime


def _out(note: Note) -> NoteOut:
    return NoteOut(id=note.pk, author=note.author.name, text=note.text, at=note.at)


@router.get("/applications/{int:pk}/notes", response=list[NoteOut], summary="The work log, newest first")
@paginate
def listed(request: HttpRequest, pk: int) -> list[NoteOut]:
    person = person_of(request)
    application = get_object_or_404(visible_applications(person).select_related("call", "case", "team"), pk=pk)
    if not can_read_log(person, application):
        raise Http404
    return [_out(note) for note in application.notes.select_related("author")]


@router.post(
    "/applications/{int:pk}/notes", response={201: NoteOut}, auth=[TokenAuth(Scope.SUBMIT), django_auth],
    summary="Write in the work log",
)
def create(request: HttpRequest, pk: int, given: NoteIn) -> Status[NoteOut]:
    person = person_of(request)
    application = get_object_or_404(visible_applications(person).select_related("call", "case", "team"), pk=pk)
    if person is None or not can_write_note(person, application):
        raise Http404
    return Status(201, _out(actions.add_note(application=application, text=given.text, by=person, now=now())))
