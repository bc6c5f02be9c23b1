"""Teams: who is in, and the one who leads. A team always has exactly one lead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import count

from django.utils.text import slugify

from heitu.ground.audit import chain
from heitu.ground.audit.actions import entry, record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions.notifications import notify
from heitu.ground.people.models import Institution, Person, Team, TeamMember
from heitu.ground.people.queries import persons_at
from heitu.ground.people.rules import can_create_team_at

MOST_NAME, MOST_WORDS = 80, 2000  # characters
RESERVED = frozenset({"new"})  # an address of its own


@atomic
def create_team(
    *,
    name: str,
    institution: Institution,
    lead: Person,
    by: Person | None,
    now: datetime,
    slug: str = "",
    introduction: Text | None = None,
) -> Team:
    """Found a team at an institution that its lead belongs to.

    Without `slug` the address is made from the name. Raises Refused `not_your_institution`, `team_exists`, or about its words
    `name_missing` or `text_too_long`.
    """
    _require_words(name, introduction or Text())
    if not can_create_team_at(lead, institution):
        raise refuse(
            "not_your_institution", f"{lead.name} 不是这一机构的已核验成员。",
            f"{lead.name} is not a verified member of this institution.", field="institution",
        )
    if slug in RESERVED or (slug and Team.objects.filter(slug=slug).exists()):
        raise refuse("team_exists", f"标识 {slug} 已被使用。", f"The identifier {slug} is taken.", field="slug")
    team = Team.objects.create(
        slug=slug or _free_slug(name), name=name, institution=institution,
        introduction=introduction or Text(), created_at=now,
    )
    TeamMember.objects.create(team=team, person=lead, is_lead=True, joined_at=now)
    record(action="team.created", by=by, now=now, subject=team, detail={"lead": lead.pk})
    return team


@atomic
def change_team(*, team: Team, name: str, introduction: Text, by: Person | None, now: datetime) -> Team:
    _require_words(name, introduction)
    team.name, team.introduction = name, introduction
    team.save(update_fields=["name", "introduction"])
    record(action="team.changed", by=by, now=now, subject=team)
    return team


@atomic
def add_member(*, team: Team, person: Person, by: Person | None, now: datetime, invited: bool = False) -> TeamMember:
    """Put a colleague of the same institution into the team, or (`invited`) anybody who accepted an invitation.

    Raises Refused `already_in_team` or `invite_instead`.
    """
    return _put_in([person], team, by=by, now=now, invited=invited)[0]


@atomic
def add_members(*, team: Team, people: Sequence[Person], by: Person | None, now: datetime) -> list[TeamMember]:
    """Put several colleagues of the same institution into the team, all of them or none.

    Raises Refused `already_in_team` or `invite_instead`.
    """
    return _put_in(people, team, by=by, now=now, invited=False) if people else []


def _put_in(
    people: Sequence[Person], team: Team, *, by: Person | None, now: datetime, invited: bool
) -> list[TeamMember]:
    _lock(team)
    present = set(team.members.filter(person__in=people, left_at__isnull=True).values_list("person_id", flat=True))
    colleagues = set() if invited else set(persons_at(team.institution, people).values_list("pk", flat=True))
    for person in people:
        if person.pk in present:
            raise refuse("already_in_team", f"{person.name} 已在团队中。", f"{person.name} is already in the team.")
        if not invited and person.pk not in colleagues:
            raise refuse(
                "invite_instead", "对方不是本机构的已核验成员，请发邀请，由本人决定是否加入。",
                "Not a verified member of the team's institution: send an invitation, so that the person decides.",
                field="email",
            )
    new = TeamMember.objects.bulk_create(TeamMember(team=team, person=person, joined_at=now) for person in people)
    chain.append(*(
        entry(action="team.joined", by=by, now=now, subject=team, detail={"person": person.pk}) for person in people
    ))
    others = [person for person in people if by is None or by.pk != person.pk]
    _tell(others, team, "team_joined", Text(zh="您已加入团队", en="You are now in the team"), now)
    return new


@atomic
def remove_member(*, team: Team, person: Person, by: Person | None, now: datetime) -> TeamMember:
    """Take somebody out, or leave. Raises Refused `not_in_team` or `lead_stays`."""
    _lock(team)
    member = _member(team, person)
    if member.is_lead:
        raise refuse(
            "lead_stays", "负责人不能退出团队，请先移交负责人。",
            "The lead can't leave the team: hand over the lead first.",
        )
    member.left_at = max(now, member.joined_at)
    member.save(update_fields=["left_at"])
    record(action="team.left", by=by, now=now, subject=team, detail={"person": person.pk})
    if by is None or by.pk != person.pk:
        _tell([person], team, "team_left", Text(zh="您已被移出团队", en="You were taken out of the team"), now)
    return member


@atomic
def hand_over(*, team: Team, person: Person, by: Person | None, now: datetime) -> TeamMember:
    """Make another member the lead. Raises Refused `not_in_team` or `already_lead`."""
    _lock(team)
    member = _member(team, person)
    if member.is_lead:
        raise refuse("already_lead", f"{person.name} 已是负责人。", f"{person.name} already leads the team.")
    team.members.filter(left_at__isnull=True, is_lead=True).update(is_lead=False)
    member.is_lead = True
    member.save(update_fields=["is_lead"])
    record(action="team.handed_over", by=by, now=now, subject=team, detail={"lead": person.pk})
    _tell([person], team, "team_lead", Text(zh="您现在负责团队", en="You now lead the team"), now)
    return member


def _lock(team: Team) -> None:
    """One change of a team at a time."""
    Team.objects.select_for_update().get(pk=team.pk)


def _member(team: Team, person: Person) -> TeamMember:
    member = team.members.filter(person=person, left_at__isnull=True).first()
    if member is None:
        raise refuse("not_in_team", f"{person.name} 不在团队中。", f"{person.name} is not in the team.", field="person")
    return member


def _tell(people: Sequence[Person], team: Team, kind: str, words: Text, now: datetime) -> None:
    title = Text(zh=f"{words.zh}“{team.name}”", en=f"{words.en} “{team.name}”")
    notify(people=people, kind=kind, title=title, url=team.get_absolute_url(), now=now)


def _free_slug(name: str) -> str:
    """dengta, dengta-2, dengta-3 …; a name without Latin letters becomes team, team-2 …"""
    base = slugify(name)[:40] or "team"
    taken = RESERVED | set(Team.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (base if n == 1 else f"{base}-{n}" for n in count(1))
    return next(slug for slug in numbered if slug not in taken)


def _require_words(name: str, introduction: Text) -> None:
    if not name.strip():
        raise refuse("name_missing", "请填写团队名称。", "Give the team a name.", field="name")
    limits = (("name", name, MOST_NAME), ("introduction", introduction.zh, MOST_WORDS), ("introduction", introduction.en, MOST_WORDS))
    for field, words, most in limits:
        if len(words) > most:
            raise refuse("text_too_long", f"最多 {most} 个字符。", f"At most {most} characters.", field=field, limit=most)
