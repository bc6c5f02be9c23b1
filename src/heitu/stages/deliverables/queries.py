"""Deliverables by case, the queue, the leaderboard of a call, and published results."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, cast

from django.db.models import Case, Count, F, JSONField, Q, QuerySet, Subquery, When

from heitu.engines.lifecycle.definitions import Rules
from heitu.engines.lifecycle.models import Case as LifecycleCase
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.prepared import prepared
from heitu.ground.core.statements import Reading
from heitu.ground.core.text import Text
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Publication, Verdict
from heitu.stages.deliverables.pace import Pace, is_charged, pace
from heitu.stages.deliverables.publicly import as_public
from heitu.stages.deliverables.ranking import Entry, Ranked, rank
from heitu.stages.work.models import Milestone

MOST_VERSIONS = 20
_VERSIONS = Reading(Deliverable, "verdict", by="application")
_TRIES = Reading(Deliverable, by="application")
DROPPED_OUT = ("withdrawn", "lapsed", "terminated")


def latest(application: Application) -> Deliverable | None:
    last = max(_VERSIONS.find_all(application.pk), key=lambda version: version.version, default=None)
    if last is not None:
        last.application = application
    return last


def winning(application: Application) -> Deliverable | None:
    """What the team is judged by: of its versions that passed the one that counts, else (people judge) its last."""
    best = [F("verdict__rank_low").desc(nulls_last=True), "-verdict__score", "submitted_at"]
    passed = application.deliverables.filter(verdict__accepted=True).select_related("verdict__clearance")
    found = passed.order_by(*(["-version"] if is_last_counted(application.case) else best))
    return next((each for each in found if not each.verdict.is_set_aside), None) or latest(application)


def is_last_counted(case: LifecycleCase) -> bool:
    """Whether a team's last version that passed counts, instead of its best."""
    return programme_of(case).rules.ranks == "last"


class Standings(NamedTuple):
    """The version that counts, with its rank, of every team that didn't drop out; and those in doubt that would."""

    ranked: list[tuple[Ranked, Deliverable]]
    in_doubt: list[Deliverable]


def standings(call: Call, *, publicly: bool = False) -> Standings:
    """By what decides, or by what everybody may know while the call runs. One query."""
    passed = _accepted(call=call.pk)
    if publicly:
        for each in passed:
            each.verdict = as_public(each.verdict)
        passed.sort(key=lambda version: (-version.verdict.rank_low, version.submitted_at))
    if is_last_counted(call.case):
        passed.sort(key=lambda version: version.version, reverse=True)
    counted = _one_a_team([each for each in passed if not each.verdict.is_in_doubt])
    return Standings(_ranked(counted), [each for each in _one_a_team(passed) if each.verdict.is_in_doubt])


def leaderboard(call: Call) -> list[tuple[Ranked, Deliverable]]:
    return standings(call).ranked


def _one_a_team(versions: list[Deliverable]) -> list[Deliverable]:
    """The first of each."""
    first: dict[int, Deliverable] = {}
    for version in versions:
        first.setdefault(version.application_id, version)
    return list(first.values())


@prepared(call=int)
def _accepted(call: int) -> QuerySet[Deliverable]:
    """Every version that passed, and wasn't set aside, of the teams that didn't drop out, the best first."""
    found = Deliverable.objects.filter(
        application__call=call, verdict__accepted=True, verdict__rank_low__isnull=False
    ).exclude(application__case__outcome__in=DROPPED_OUT).exclude(verdict__clearance__is_cleared=False)
    related = ("verdict__clearance", "application__team__institution", "application__case")
    return found.select_related(*related).defer(
        "verdict__record", "verdict__shown", "application__answers", "application__declarations"
    ).order_by("-verdict__rank_low", "submitted_at")


def _ranked(deliverables: list[Deliverable]) -> list[tuple[Ranked, Deliverable]]:
    entries = {_entry(deliverable): deliverable for deliverable in deliverables}
    return [(ranked, entries[ranked.entry]) for ranked in rank(list(entries))]


def _entry(deliverable: Deliverable) -> Entry:
    low, high = deliverable.verdict.rank_low, deliverable.verdict.rank_high
    return Entry(str(deliverable.application_id), low, low if high is None else high, deliverable.submitted_at)


def rank_of(application: Application) -> int | None:
    """The team's rank among those still in the race for the call, or None without an accepted verdict.

    Whoever was refused for good keeps a place on the leaderboard, but can't stand in anybody's way.
    """
    return _place_among(_racing(each for _, each in leaderboard(application.call)), application)


def could_be_outranked(application: Application) -> bool:
    """Whether a rival's version in doubt would rank before the team, if somebody found nothing wrong with it."""
    found = standings(application.call)
    mine = [each for _, each in found.ranked if each.application_id == application.pk]
    rivals = [each for each in found.in_doubt if each.application_id != application.pk]
    return (_place_among(_racing(mine + rivals), application) or 1) > 1


def _racing(versions: Iterable[Deliverable]) -> list[Deliverable]:
    return [each for each in versions if each.application.case.outcome in ("", "success")]


def _place_among(versions: list[Deliverable], application: Application) -> int | None:
    places = (ranked.rank for ranked, each in _ranked(versions) if each.application_id == application.pk)
    return next(places, None)


def pace_of(application: Application, rules: Rules, *, now: datetime) -> Pace:
    """What is left of the quota, and when the next version may be handed in."""
    loaded = latest_versions(application)
    charged = sum(map(is_charged, loaded))
    are_enough = len(loaded) < MOST_VERSIONS or charged >= (rules.submissions_per_day or 0)
    return pace(rules, loaded if are_enough else tries(application), now=now)


def tries(application: Application) -> list[Deliverable]:
    """Every version, without its verdict."""
    return _TRIES.find_all(application.pk)


def waiting_by_toolchain() -> dict[str, int]:
    """How many versions wait for each toolchain."""
    rows = Deliverable.objects.filter(judging=JudgingStatus.QUEUED).order_by("toolchain").values_list("toolchain")
    return {name or "numpy": number for name, number in rows.annotate(number=Count("pk"))}


def rivals_at_work(application: Application, *, now: datetime) -> QuerySet[Milestone]:
    """Other teams of the call whose last milestone is still running before its deadline."""
    programme = programme_of(application.case)
    states = [name for name, state in programme.machines["case"].states.items() if state.step == "milestone"]
    return Milestone.objects.filter(
        award__application__call=application.call, award__application__case__closed_at__isnull=True,
        award__application__case__state__in=states, award__application__case__due_at__gt=now, status="running",
    ).exclude(award__application=application)


def is_rival_being_judged(application: Application) -> bool:
    """Whether a version that another team of the call handed in has no verdict yet."""
    rivals = Deliverable.objects.filter(application__call=application.call, application__case__closed_at__isnull=True)
    return rivals.filter(judging__in=[JudgingStatus.QUEUED, JudgingStatus.RUNNING]).exclude(application=application).exists()


def already_won(application: Application) -> bool:
    """Whether another team's last milestone in this call was accepted."""
    programme = programme_of(application.case)
    last = [name for name, state in programme.machines["case"].states.items() if state.share][-1]
    return (
        Milestone.objects.filter(
            award__application__call=application.call, state=last, status__in=["accepted", "paid"]
        )
        .exclude(award__application=application)
        .exists()
    )


class Result(NamedTuple):
    """What a list shows of a published result."""

    pk: int
    slug: str
    title: Text
    licence: str
    downloads: int
    published_at: datetime
    call: str
    team: str
    institution: Text
    speedup: float | None
    measure_name: str
    measure: float | None


def published(*, search: str = "") -> QuerySet[Publication]:
    """Results that everybody may see, newest first; `search` looks in titles, the call's number and the team."""
    if not search:
        return Publication.objects.all()
    application = "deliverable__application"
    return Publication.objects.filter(
        Q(title__zh__icontains=search) | Q(title__en__icontains=search)
        | Q(**{f"{application}__call__number__iexact": search})
        | Q(**{f"{application}__team__name__icontains": search})
    )


def as_results(publications: QuerySet[Publication]) -> QuerySet[Publication, Result]:
    """`publications` with what a list shows of each, in one query."""
    application = "deliverable__application"
    columns = {
        "call": F(f"{application}__call__number"), "team": F(f"{application}__team__name"),
        "institution": F(f"{application}__team__institution__name"),
        **{name: F(f"deliverable__verdict__{name}") for name in ("speedup", "measure_name", "measure")},
    }
    rows = publications.annotate(**columns)
    return cast("QuerySet[Publication, Result]", rows.values_list(*Result._fields, named=True))


@prepared(pks=list[int])
def results(pks: list[int]) -> QuerySet[Publication, Result]:
    """The publications with these keys as a list shows them."""
    return as_results(Publication.objects.filter(pk__one_of=pks))


@prepared(slug=str)
def publication_named(slug: str) -> QuerySet[Publication]:
    """The result with all that its page shows."""
    return Publication.objects.filter(slug=slug).select_related(
        "deliverable__application__call__case", "deliverable__application__team__institution", "deliverable__verdict"
    ).defer("deliverable__verdict__record")


@prepared(pk=int)
def deliverable_numbered(pk: int) -> QuerySet[Deliverable]:
    """The version with its verdict and all that its page shows, or that decides who may see it."""
    return Deliverable.objects.filter(pk=pk).select_related(
        "verdict__clearance__decided_by", "submitted_by", "application__call__case", "application__team__institution", "application__case"
    ).defer("verdict__record")


def latest_versions(application: Application) -> list[Deliverable]:
    """The latest versions with their verdicts, newest first; one query for each loaded application."""
    return application.once("versions", lambda: _read_versions(application))


def _read_versions(application: Application) -> list[Deliverable]:
    versions = _versions(application=application.pk)
    if versions and hasattr(versions[0], "verdict"):
        versions[0].verdict.shown = vars(versions[0])["newest_said"]
    return versions


def judged_kind(application: Application) -> str:
    """Of what a machine judges now; empty where people do: the state doesn't say so, or the call names no task."""
    state = programme_of(application.case).state("case", application.case.state)
    return application.call.kind if state.judged and application.call.task else ""


def has_passed(application: Application) -> bool:
    """Whether any version passed the judge, and wasn't set aside by a person."""
    versions = latest_versions(application)
    if any(hasattr(each, "verdict") and each.verdict.accepted and not each.verdict.is_set_aside for each in versions):
        return True
    passed = application.deliverables.filter(verdict__accepted=True).exclude(verdict__clearance__is_cleared=False)
    return len(versions) == MOST_VERSIONS and passed.exists()


@prepared(application=int)
def _versions(application: int) -> QuerySet[Deliverable]:
    """What the judge said is long, and pages show it of the newest version alone."""
    mine = Deliverable.objects.filter(application=application)
    newest = Subquery(mine.order_by("-version").values("version")[:1])
    found = mine.select_related("verdict__clearance").defer("verdict__record", "verdict__shown")
    said = Case(When(version=newest, then=F("verdict__shown")), output_field=JSONField())
    return found.annotate(newest_said=said).order_by("-version")[:MOST_VERSIONS]


def verdict_of(deliverable: Deliverable) -> Verdict | None:
    return Verdict.objects.filter(deliverable=deliverable).first()
