"""The cast that the demo world, the tests and the screenshots share, made through the product's own actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.contrib.auth.hashers import make_password

from heitu.ground.core.text import Text
from heitu.ground.people.actions import add_member, create_institution, create_team, grant, register
from heitu.ground.people.enums import InstitutionKind, Role
from heitu.ground.people.models import Institution, Person, Team

PASSWORD = "black soil 2026"


@dataclass(frozen=True)
class Cast:
    """Who plays: nine persons, two institutions, one team; the tenth is a visitor, who is None."""

    lin: Person  # 林致远, teacher, leads the team
    zhou: Person  # 周敏, task owner
    chen: Person  # 陈虹, programme officer
    wu: Person  # 吴健, expert without ties
    gao: Person  # 高悦, expert from Lin's own university: conflicted
    sun: Person  # 孙琪, student in Lin's team
    ma: Person  # 马丽, finance
    xu: Person  # 徐安, auditor
    he: Person  # 何田, outsider with an account and no role
    university: Institution  # 云岭大学
    company: Institution  # 黑土算子库
    dengta: Team  # 灯塔

    def persons(self) -> dict[str, Person | None]:
        """Everybody by short name, the visitor as None: for tests that try a door with each of them."""
        names = ("lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he")
        return {**{name: getattr(self, name) for name in names}, "visitor": None}


def make_cast(now: datetime) -> Cast:
    """Enter the cast as of 30 days before `now`."""
    then = now - timedelta(days=30)
    university = _institution("yunling-university", "云岭大学", "Yunling University", InstitutionKind.UNIVERSITY, then)
    company = _institution("heitu-operators", "黑土算子库", "Heitu Operator Library", InstitutionKind.COMPANY, then)
    lin = _person("lin@yunling.edu.example", "林致远", "Lin Zhiyuan", then)
    sun = _person("sun@yunling.edu.example", "孙琪", "Sun Qi", then)
    gao = _person("gao@yunling.edu.example", "高悦", "Gao Yue", then)
    zhou = _person("zhou@heitu-operators.example", "周敏", "Zhou Min", then)
    chen = _person("chen@heitu.example", "陈虹", "Chen Hong", then)
    wu = _person("wu@expert.example", "吴健", "Wu Jian", then)
    ma = _person("ma@heitu.example", "马丽", "Ma Li", then)
    xu = _person("xu@audit.example", "徐安", "Xu An", then)
    he = _person("he@outside.example", "何田", "He Tian", then)
    roles: list[tuple[Person, Role, Institution | None]] = [
        (lin, Role.TEACHER, university), (sun, Role.STUDENT, university), (gao, Role.TEACHER, university),
        (gao, Role.EXPERT, None), (zhou, Role.OWNER, company), (chen, Role.OFFICER, None), (wu, Role.EXPERT, None),
        (ma, Role.FINANCE, None), (xu, Role.AUDITOR, None),
    ]
    for person, role, institution in roles:
        grant(person=person, role=role, institution=institution, by=None, now=then)
    dengta = create_team(
        name="灯塔", slug="dengta", institution=university, lead=lin, by=lin, now=then,
        introduction=Text(zh="面向昇腾的算子与推理优化", en="Operators and inference for Ascend"),
    )
    add_member(team=dengta, person=sun, by=lin, now=then)
    return Cast(lin, zhou, chen, wu, gao, sun, ma, xu, he, university, company, dengta)


def _institution(slug: str, zh: str, en: str, kind: InstitutionKind, now: datetime) -> Institution:
    """The one that a pack brought along, else a new one."""
    domains = {"yunling-university": "yunling.edu.example", "heitu-operators": "heitu-operators.example"}
    return Institution.objects.filter(slug=slug).first() or create_institution(
        slug=slug, name=Text(zh=zh, en=en), kind=kind, region="云南" if slug.startswith("yunling") else "北京",
        domain=domains[slug], by=None, now=now,
    )


def _person(email: str, name: str, name_latin: str, now: datetime) -> Person:
    person = register(email=email, name=name, name_latin=name_latin, confirmed=True, by=None, now=now)
    person.password = _hash()
    person.save(update_fields=["password"])
    return person


@cache
def _hash() -> str:
    """One hash for everybody: hashing nine times would take longer than most tests."""
    return make_password(PASSWORD)
