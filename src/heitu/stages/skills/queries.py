"""The skill graph, who shows what, which calls ask for it, and how far a person has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Func, Max, Q, QuerySet

from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.calls.models import Call
from heitu.stages.calls.rules import visible_calls
from heitu.stages.credentials import alignments
from heitu.stages.skills import files, ladder, rules
from heitu.stages.skills.models import Evidence, Level, Skill


@dataclass(frozen=True)
class Standing:
    """A person's place on one pack's ladder, in words; `reached` is None below the first step."""

    pack: str
    reached: Level | None
    following: Level | None
    progress: tuple[ladder.Progress, ...]


@dataclass(frozen=True)
class Shown:
    """One skill of a person: the highest level shown, how often it was shown, and when last."""

    skill: Skill
    level: int
    times: int
    last: datetime
    meaning: Text


@alignments.named_by
def titles(slugs: Iterable[str]) -> dict[str, Text]:
    """The titles of those slugs that are skills."""
    return dict(Skill.objects.filter(slug__in=list(slugs)).values_list("slug", "title"))


def current() -> QuerySet[Skill]:
    return Skill.objects.filter(retired_at__isnull=True)


def found(words: str = "", pack: str = "") -> QuerySet[Skill]:
    """Current skills whose name or description holds `words`, each with `people`: how many have shown it."""
    skills = current().annotate(people=Count("evidence__person", distinct=True))
    if pack:
        skills = skills.filter(pack=pack)
    if words:
        skills = skills.filter(
            Q(slug__icontains=words) | Q(title__zh__icontains=words) | Q(title__en__icontains=words)
            | Q(description__zh__icontains=words) | Q(description__en__icontains=words)
        )
    return skills.order_by("pack", "slug")


def packs() -> list[str]:
    return list(current().order_by("pack").values_list("pack", flat=True).distinct())


def calls_per_skill(viewer: Person | None) -> dict[str, int]:
    """slug → how many calls that the viewer may see exercise it."""
    slugs = visible_calls(viewer).annotate(slug=Func(F("skills"), function="unnest")).order_by()
    return {row["slug"]: row["calls"] for row in slugs.values("slug").annotate(calls=Count("pk"))}


def people_per_skill() -> dict[str, int]:
    """slug → how many people have shown it; only of skills that somebody has shown."""
    rows = Evidence.objects.order_by().values("skill__slug").annotate(people=Count("person", distinct=True))
    return {row["skill__slug"]: row["people"] for row in rows}


def calls_with(skill: Skill, viewer: Person | None) -> QuerySet[Call]:
    """The visible calls that exercise the skill, newest first."""
    calls = visible_calls(viewer).filter(skills__contains=[skill.slug])
    return calls.select_related("case", "institution").order_by("-opens_at", "-pk")


def people_per_level(skill: Skill) -> dict[int, int]:
    """level → how many people have shown the skill at most at that level; all five levels are there."""
    best = skill.evidence.order_by().values("person").annotate(best=Max("level")).values_list("best", flat=True)
    counts = dict.fromkeys(range(1, files.HIGHEST + 1), 0)
    for level in best:
        counts[level] += 1
    return counts


def prerequisites(skills: Iterable[Skill]) -> dict[str, tuple[str, ...]]:
    """slug → slugs that it builds on, among the current skills."""
    wanted = {skill.pk: skill.slug for skill in skills}
    needs: dict[str, list[str]] = {slug: [] for slug in wanted.values()}
    pairs = Skill.prerequisites.through.objects.filter(from_skill__in=wanted, to_skill__in=wanted)
    for above, below in pairs.order_by("to_skill__slug").values_list("from_skill", "to_skill"):
        needs[wanted[above]].append(wanted[below])
    return {slug: tuple(below) for slug, below in needs.items()}


def evidence_of(person: Person) -> QuerySet[Evidence]:
    return person.evidence.select_related("skill", "application__call", "application__team")


def shown_by(person: Person) -> list[Shown]:
    """The person's skills, highest level first."""
    by_skill: dict[Skill, list[Evidence]] = defaultdict(list)
    for one in person.evidence.select_related("skill"):
        by_skill[one.skill].append(one)
    shown = [_shown(skill, all_of_it) for skill, all_of_it in by_skill.items()]
    return sorted(shown, key=lambda one: (-one.level, -one.times, one.skill.slug))


def standings(person: Person, *, now: datetime) -> list[Standing]:
    """The person's place on the ladder of every pack whose skills they have shown."""
    shown: dict[str, list[ladder.Shown]] = defaultdict(list)
    for pack, slug, level, at in person.evidence.values_list("skill__pack", "skill__slug", "level", "at"):
        shown[pack].append(ladder.Shown(slug, level, at))
    levels: dict[str, dict[str, Level]] = defaultdict(dict)
    for each in Level.objects.filter(pack__in=shown):
        levels[each.pack][each.slug] = each
    return [_standing(pack, levels[pack], shown[pack], now) for pack in sorted(levels)]


def can_see_cases(viewer: Person | None, person: Person) -> bool:
    """Whether the viewer may know in which cases this person's evidence was shown."""
    return rules.can_see_case_of(viewer, Evidence(person=person))


def meaning(skill: Skill, level: int) -> Text:
    """What evidence of the skill at this level says; empty where the pack doesn't say."""
    return Text.model_validate(skill.scale.get(str(level)) or {})


def _shown(skill: Skill, evidence: list[Evidence]) -> Shown:
    best = max(one.level for one in evidence)
    return Shown(skill, best, len(evidence), max(one.at for one in evidence), meaning(skill, best))


def _standing(pack: str, levels: dict[str, Level], shown: list[ladder.Shown], now: datetime) -> Standing:
    steps = [ladder.Step(level.slug, level.rank, _thresholds(level)) for level in levels.values()]
    found = ladder.standing(steps, shown, now=now)
    return Standing(
        pack,
        levels[found.reached.slug] if found.reached else None,
        levels[found.following.slug] if found.following else None,
        found.progress,
    )


def _thresholds(level: Level) -> tuple[files.Threshold, ...]:
    return tuple(files.LevelRule.model_validate(rule).evidences for rule in level.rules)
