"""Making the demo world, and who is in it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.actions.notifications import hushed
from heitu.ground.people.models import Person
from heitu.site.demo.cast import make_cast
from heitu.site.demo.stories import tell
from heitu.site.demo.teaching import teach
from heitu.site.simulation.story import play

SCALE, SEED = 0.05, 1
PEOPLE = {
    "lin@yunling.edu.example": Text(zh="教师 · 灯塔队负责人", en="Teacher, leads team Dengta"),
    "sun@yunling.edu.example": Text(zh="学生 · 灯塔队成员", en="Student in team Dengta"),
    "zhou@heitu-operators.example": Text(zh="产业出题人", en="Task owner in industry"),
    "chen@heitu.example": Text(zh="运营", en="Programme officer"),
    "wu@expert.example": Text(zh="评审专家", en="Expert"),
    "gao@yunling.edu.example": Text(zh="专家 · 与灯塔队同校", en="Expert from the team's own university"),
    "ma@heitu.example": Text(zh="财务", en="Finance officer"),
    "xu@audit.example": Text(zh="审计", en="Auditor"),
    "he@outside.example": Text(zh="局外人 · 没有角色", en="Outsider without a role"),
}


def demo_people() -> list[tuple[Person, Text]]:
    """The cast with what each comes for, in the order of the story."""
    found = {person.email: person for person in Person.objects.filter(email__in=PEOPLE)}
    return [(found[email], role) for email, role in PEOPLE.items() if email in found]


def demo_world_exists() -> bool:
    return Person.objects.filter(email=next(iter(PEOPLE))).exists()


def is_anybody_here() -> bool:
    return Person.objects.exists()


def make_demo_world() -> None:
    """Three simulated years at a twentieth of the full scale, then the cast and its stories."""
    moment, pack = now(), Path(settings.PACKS[0])
    play(scale=SCALE, seed=SEED, pack=pack, processes=2, end=moment)
    with hushed("mail"):
        cast = make_cast(moment - timedelta(days=150))
        tell(cast, moment)
        teach(cast, moment)
