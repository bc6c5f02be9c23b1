"""The people and places of a simulated ecosystem, entered through the product's own actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random

import yaml

from heitu.ground.core.text import Text
from heitu.ground.people.actions import imports, institutions, memberships, persons, teams
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Institution, Person, Team

UNIVERSITIES, DEVELOPERS, TEAMS, CALLS = 80, 3000, 300, 3000
OWNERS, OFFICERS, EXPERTS, FINANCE = 40, 12, 90, 6
MEMBERS = 10

_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
_GIVEN = "子墨雨桐浩然思源景行若溪明远书瑶文博清扬嘉树星河亦凡知行乐之安和望舒予怀问渠见山听澜守拙"
_TEAM = ("启明", "星火", "行远", "砺锋", "北辰", "听涛", "拾光", "求索", "青禾", "云帆", "寒武", "天工", "问津", "百川", "灵犀")


@dataclass
class World:
    """Who there is. Lists are in a fixed order, so that a seed always tells the same story."""

    universities: list[Institution] = field(default_factory=list)
    companies: list[Institution] = field(default_factory=list)
    owners: list[tuple[Person, Institution]] = field(default_factory=list)
    officers: list[Person] = field(default_factory=list)
    finance: list[Person] = field(default_factory=list)
    experts: list[Person] = field(default_factory=list)
    teams: list[tuple[Team, Person]] = field(default_factory=list)

    def part(self, number: int, of: int) -> World:
        """The share of process `number`: teams, owners and experts of its own; the office is everybody's."""
        return World(
            self.universities, self.companies, self.owners[number::of], self.officers, self.finance,
            self.experts[number::of], self.teams[number::of],
        )


def people_world(
    *, scale: float, seed: int, pack: Path, now: datetime, progress: Callable[[int], None]
) -> World:
    """Enter institutions, the office, experts, owners and teams; `progress` counts persons as they come."""
    rng, world = Random(seed), World()
    _enter_institutions(world, pack, scale, now)
    enter = _Registrar(rng, seed, now, progress)
    world.officers = [enter.person(Role.OFFICER) for _ in range(_some(OFFICERS, scale, least=2))]
    world.finance = [enter.person(Role.FINANCE) for _ in range(_some(FINANCE, scale, least=3))]
    for number in range(_some(OWNERS, scale, least=2)):
        company = world.companies[number % len(world.companies)]
        world.owners.append((enter.person(Role.OWNER, company), company))
    for number in range(_some(EXPERTS, scale, least=8)):
        world.experts.append(enter.expert(world.universities[number % len(world.universities)]))
    world.teams = enter.teams(world.universities, _some(TEAMS, scale, least=4))
    return world


def _some(full: int, scale: float, *, least: int) -> int:
    return max(least, round(full * scale))


def _enter_institutions(world: World, pack: Path, scale: float, now: datetime) -> None:
    """The pack's invented institutions, those already entered left as they are."""
    entries = yaml.safe_load((pack / "institutions.yaml").read_text())["institutions"]
    universities = [entry for entry in entries if entry["kind"] == "university"]
    others = [entry for entry in entries if entry["kind"] != "university"]
    for entry in (*universities[: _some(UNIVERSITIES, scale, least=8)], *others):
        institution = Institution.objects.filter(slug=entry["slug"]).first() or institutions.create_institution(
            slug=entry["slug"], name=Text(**entry["name"]), kind=entry["kind"], region=entry.get("region", ""),
            domain=entry.get("domain", ""), by=None, now=now,
        )
        target = {"university": world.universities, "company": world.companies}.get(entry["kind"])
        if target is not None:
            target.append(institution)


@dataclass
class _Registrar:
    """Registers invented persons: the office one by one, teams from tables that their universities hand in.

    They have no password, so nobody can sign in as them.
    """

    rng: Random
    seed: int
    now: datetime
    progress: Callable[[int], None]
    count: int = 0

    def person(self, role: Role, institution: Institution | None = None) -> Person:
        person = self._register()
        memberships.grant(person=person, role=role, institution=institution, by=None, now=self.now)
        return person

    def expert(self, home: Institution) -> Person:
        """An expert is one to the whole ecosystem, and works somewhere: that is what conflicts come from."""
        person = self.person(Role.EXPERT)
        memberships.grant(person=person, role=Role.TEACHER, institution=home, by=None, now=self.now)
        return person

    def teams(self, universities: Sequence[Institution], count: int) -> list[tuple[Team, Person]]:
        """So many teams in turn at the universities, each a teacher and ten students."""
        rosters = [[self._invent() for _ in range(1 + MEMBERS)] for _ in range(count)]
        for place, home in enumerate(universities[:count]):
            self._import(home, rosters[place :: len(universities)])
        entered = {person.email: person for person in Person.objects.filter(email__startswith=f"s{self.seed}.")}
        return [
            self._found(universities[number % len(universities)], number, [entered[email] for email, _ in roster])
            for number, roster in enumerate(rosters)
        ]

    def _import(self, home: Institution, rosters: Sequence[Sequence[tuple[str, str]]]) -> None:
        """The table of a university's members, as its office would send it."""
        table = ["email,name,role"]
        for lead, *members in rosters:
            table += [f"{lead[0]},{lead[1]},{Role.TEACHER}", *(f"{email},{name},{Role.STUDENT}" for email, name in members)]
        run = imports.import_members(
            institution=home, file_name=f"{home.slug}.csv", data="\n".join(table).encode(), by=None, now=self.now
        )
        assert not run.faults, run.faults
        self.progress(run.rows)

    def _found(self, home: Institution, number: int, people: Sequence[Person]) -> tuple[Team, Person]:
        lead, *members = people
        name = f"{_TEAM[number % len(_TEAM)]}{number // len(_TEAM) + 1}队"
        team = teams.create_team(
            name=name, institution=home, lead=lead, by=None, now=self.now, slug=f"s{self.seed}-{number + 1}"
        )
        teams.add_members(team=team, people=members, by=None, now=self.now)
        return team, lead

    def _register(self) -> Person:
        email, name = self._invent()
        self.progress(1)
        return persons.register(email=email, name=name, by=None, now=self.now, confirmed=True)

    def _invent(self) -> tuple[str, str]:
        """An address and a name."""
        self.count += 1
        given = self.rng.randrange(0, len(_GIVEN) - 1, 2)
        name = self.rng.choice(_FAMILY) + _GIVEN[given : given + self.rng.choice((1, 2))]
        return f"s{self.seed}.{self.count}@people.example", name
