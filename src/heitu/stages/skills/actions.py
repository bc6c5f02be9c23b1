"""Load what packs say about skills and levels; record what people have shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from heitu.engines.lifecycle.definitions import line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault
from heitu.ground.audit.actions import record
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.credentials.evidence import accepted_verdict
from heitu.stages.skills import files, ladder
from heitu.stages.skills.models import Evidence, Level, Skill


@dataclass(frozen=True)
class Loaded:
    """How many entries a file brought in, changed, and took away."""

    added: int = 0
    changed: int = 0
    gone: int = 0


@atomic
def load_skills(*, folder: Path, by: Person | None, now: datetime) -> Loaded:
    """Make the pack's skills what its skills.yaml says; what is gone from it is retired, its evidence stays.

    Raises DefinitionError with every fault in the file, and for a skill that another pack already has.
    """
    path = folder / "skills.yaml"
    file = files.read_skills(path)
    before = {skill.slug: skill for skill in Skill.objects.filter(pack=folder.name)}
    _check_owner(path, file, folder.name)
    skills = {entry.slug: _put_skill(entry, file, folder.name, before.get(entry.slug)) for entry in file.skills}
    gone = Skill.objects.filter(pack=folder.name, retired_at__isnull=True).exclude(slug__in=skills)
    retired = gone.update(retired_at=now)
    links = _link(file, {slug: skill for slug, (skill, _) in skills.items()})
    changed = [slug for slug, (_, is_changed) in skills.items() if slug in before and (is_changed or slug in links)]
    loaded = Loaded(len(skills.keys() - before.keys()), len(changed), retired)
    _audit("skills.loaded", folder, loaded, by, now)
    return loaded


@atomic
def load_levels(*, folder: Path, by: Person | None, now: datetime) -> Loaded:
    """Make the pack's ladder what its levels.yaml says. Raises DefinitionError with every fault in the file."""
    entries = files.read_levels(folder / "levels.yaml").levels
    before = {level.slug: _level_values(level) for level in Level.objects.filter(pack=folder.name)}
    after = {level.slug: level for level in (_level(entry, folder.name) for entry in entries)}
    changed = [slug for slug, level in after.items() if slug in before and _level_values(level) != before[slug]]
    loaded = Loaded(len(after.keys() - before.keys()), len(changed), len(before.keys() - after.keys()))
    if loaded != Loaded():
        Level.objects.filter(pack=folder.name).delete()
        Level.objects.bulk_create(after.values())
    _audit("levels.loaded", folder, loaded, by, now)
    return loaded


@atomic
def record_evidence(*, application: Application, by: Person | None, now: datetime) -> list[Evidence]:
    """Every present member of the team has shown the call's skills, at `ladder.level_of_success`.

    Safe to run again: one evidence for a person, skill and case. Words in the call that are no skills are audited.
    """
    call = application.call
    skills = list(Skill.objects.filter(slug__in=call.skills))
    members = application.team.members.filter(left_at__isnull=True).values_list("person_id", flat=True)
    held = set(application.evidence.values_list("person_id", "skill_id"))
    level = _level_shown(application)
    new = [
        Evidence(person_id=person, skill=skill, level=level, application=application, at=now)
        for person in members for skill in skills if (person, skill.pk) not in held
    ]
    Evidence.objects.bulk_create(new)
    unknown = sorted(set(call.skills) - {skill.slug for skill in skills})
    if new or unknown:
        detail = {"level": level, "evidence": len(new), "unknown": unknown}
        record(action="skills.shown", by=by, now=now, subject=application, detail=detail)
    return new


def _level_shown(application: Application) -> int:
    verdict = accepted_verdict(application)
    if application.call.kind == DeliverableKind.REPORT or verdict is None:
        return ladder.level_of_success(judged=False)
    return ladder.level_of_success(
        judged=True, speedup_low=verdict.speedup_low, simulated=verdict.is_simulated
    )


def _put_skill(entry: files.SkillEntry, file: files.SkillFile, pack: str, old: Skill | None) -> tuple[Skill, bool]:
    """The stored skill, and whether anything about it was written."""
    scale = {str(level): (entry.levels.get(level) or words).model_dump() for level, words in file.scale.items()}
    skill = old or Skill(slug=entry.slug, pack=pack)
    values = {"title": entry.title, "description": entry.description or Text(), "scale": scale, "retired_at": None}
    changed = old is None or any(getattr(old, name) != value for name, value in values.items())
    if changed:
        for name, value in values.items():
            setattr(skill, name, value)
        skill.save()
    return skill, changed


def _link(file: files.SkillFile, skills: dict[str, Skill]) -> set[str]:
    """Set the prerequisites; answers the slugs whose prerequisites changed."""
    links = Skill.prerequisites.through.objects
    pks = {skill.pk: slug for slug, skill in skills.items()}
    before: dict[str, set[str]] = {slug: set() for slug in skills}
    for above, below in links.filter(from_skill__in=pks).values_list("from_skill", "to_skill__slug"):
        before[pks[above]].add(below)
    changed = {entry.slug for entry in file.skills if set(entry.prerequisites) != before[entry.slug]}
    for entry in file.skills:
        if entry.slug in changed:
            skills[entry.slug].prerequisites.set([skills[need] for need in entry.prerequisites])
    return changed


def _check_owner(path: Path, file: files.SkillFile, pack: str) -> None:
    slugs = [entry.slug for entry in file.skills]
    taken = dict(Skill.objects.filter(slug__in=slugs).exclude(pack=pack).values_list("slug", "pack"))
    if taken:
        lines = files.lines_of(path)
        raise DefinitionError([
            Fault(
                str(path), line_of(lines, ("skills", slugs.index(slug), "slug")),
                Text(zh=f"技能“{slug}”已属于 {owner}", en=f"the skill “{slug}” belongs to {owner} already"),
            )
            for slug, owner in taken.items()
        ])


def _level(entry: files.LevelEntry, pack: str) -> Level:
    rules = [rule.model_dump(exclude_none=True) for rule in entry.rules]
    meaning = entry.meaning or Text()
    return Level(pack=pack, slug=entry.slug, rank=entry.rank, title=entry.title, meaning=meaning, rules=rules)


def _level_values(level: Level) -> tuple[object, ...]:
    return (level.rank, level.title, level.meaning, level.rules)


def _audit(action: str, folder: Path, loaded: Loaded, by: Person | None, now: datetime) -> None:
    if loaded != Loaded():
        detail = {"added": loaded.added, "changed": loaded.changed, "gone": loaded.gone}
        record(action=action, by=by, now=now, subject=f"pack:{folder.name}", detail=detail)
