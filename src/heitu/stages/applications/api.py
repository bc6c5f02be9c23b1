"""Applications for programs: the same rules, queries and actions as the pages; blindness holds here too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate
from ninja.security import django_auth

from heitu.engines.lifecycle.models import Transition
from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.models import Person, Team
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import visible_teams
from heitu.ground.people.tokens import TokenAuth
from heitu.ground.people.views.shared import signed_in
from heitu.stages.applications import actions, queries, rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import Shown
from heitu.stages.calls.api import CaseOut, ChoiceOut, MoveIn, MoveOut, case_out, choices_out, make_move
from heitu.stages.calls.rules import visible_calls

READ: list[Any] = [TokenAuth(Scope.READ), django_auth]
SUBMIT: list[Any] = [TokenAuth(Scope.SUBMIT), django_auth]
router = Router(tags=["applications"], auth=READ)


class ApplicationOut(Schema):
    """`team` is null while it is hidden from the reader."""

    id: int
    call: str
    team: str | None
    name: Text
    submitted_at: datetime | None
    case: CaseOut

    @staticmethod
    def resolve_id(shown: Shown) -> int:
        return shown.pk

    @staticmethod
    def resolve_call(shown: Shown) -> str:
        return shown.call.number

    @staticmethod
    def resolve_team(shown: Shown) -> str | None:
        return shown.team.slug if shown.team else None

    @staticmethod
    def resolve_case(shown: Shown) -> CaseOut:
        return case_out(shown.case)


class ApplicationDetail(ApplicationOut):
    answers: dict[str, Any]
    declarations: dict[str, bool]


class ClaimIn(Schema):
    call: str
    team: str


class AnswersIn(Schema):
    """`declarations` left out stay as they are; see the page for their words."""

    answers: dict[str, Any]
    declarations: dict[str, bool] | None = None


class ProblemOut(Schema):
    field: str
    message: Text


class KnownToReader(PageNumberPagination):
    """Pages of applications, each as the reader may know it; only those of the page are asked for."""

    def paginate_queryset(
        self, queryset: QuerySet[Any], pagination: Any, request: HttpRequest, **params: Any
    ) -> Any:
        page = super().paginate_queryset(queryset, pagination, request, **params)
        return page | {"items": queries.blinded_rows(page["items"], person_of(request))}


@router.get("/applications", response=list[ApplicationOut], summary="Applications that you may see")
@paginate(KnownToReader, page_size=25)
def application_list(
    request: HttpRequest, search: str = "", state: str = "", programme: str = "", team: str = "",
    institution: str = "", mine: bool = False,
) -> QuerySet[Application]:
    person = signed_in(request)
    asked = queries.Listing(
        search=search, state=state, programme=programme, team=team, institution=institution,
        mine=person if mine else None,
    )
    return queries.whole(queries.listed(person, asked))


@router.post("/applications", response={201: ApplicationDetail}, auth=SUBMIT, summary="Claim a call for a team")
def start_application(request: HttpRequest, given: ClaimIn) -> Status[Shown]:
    person = signed_in(request)
    call = get_object_or_404(visible_calls(person).select_related("case"), number=given.call)
    team: Team = get_object_or_404(visible_teams(person), slug=given.team)
    return Status(201, _shown(actions.start(call=call, team=team, by=person, now=clock.now()), person))


@router.get("/applications/{int:pk}", response=ApplicationDetail, summary="One application")
def application_detail(request: HttpRequest, pk: int) -> Shown:
    person = signed_in(request)
    return _shown(_visible(person, pk), person)


@router.put("/applications/{int:pk}/answers", response=ApplicationDetail, auth=SUBMIT, summary="Write the application")
def change_answers(request: HttpRequest, pk: int, given: AnswersIn) -> Shown:
    person = signed_in(request)
    application = get_object_or_404(queries.loaded(rules.editable_applications(person)), pk=pk)
    done = actions.change_answers(
        application=application, answers=given.answers, declarations=given.declarations, by=person, now=clock.now()
    )
    return _shown(done, person)


@router.get("/applications/{int:pk}/problems", response=list[ProblemOut], summary="What it lacks to be handed in")
def application_problems(request: HttpRequest, pk: int) -> list[ProblemOut]:
    found = queries.problems(_visible(signed_in(request), pk))
    return [ProblemOut(field=field, message=message) for field, message in found]


@router.get("/applications/{int:pk}/choices", response=list[ChoiceOut], summary="What may be done with it now")
def application_choices(request: HttpRequest, pk: int) -> list[ChoiceOut]:
    person = signed_in(request)
    return choices_out(_visible(person, pk).case, person)


@router.post("/applications/{int:pk}/moves", response={201: MoveOut}, auth=SUBMIT, summary="Move an application")
def move_application(request: HttpRequest, pk: int, given: MoveIn) -> Status[Transition]:
    person = signed_in(request)
    return Status(201, make_move(_visible(person, pk).case, person, given))


def _visible(person: Person, pk: int) -> Application:
    return get_object_or_404(queries.loaded(rules.visible_applications(person)), pk=pk)


def _shown(application: Application, person: Person) -> Shown:
    return queries.blinded(application, person)
