"""What is asked about persons, institutions, teams and what they were told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.http import HttpRequest

from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.enums import ECOSYSTEM_ROLES, LOCAL_ROLES, PROVEN_BY_DOMAIN, Role, Verification
from heitu.ground.people.models import (
    ApiToken,
    ImportRun,
    Institution,
    Invitation,
    Membership,
    Notification,
    Person,
    Team,
    TeamMember,
)
from heitu.ground.people.rules import has_role as has_role
from heitu.ground.people.rules import is_in_team as is_in_team
from heitu.ground.people.rules import is_lead_of as is_lead_of
from heitu.ground.people.rules import own_institutions as own_institutions

ACTING = "acting_institution"
Row = TypeVar("Row", bound=Model)


def person_of(request: HttpRequest) -> Person | None:
    """Who asks, or None for a visitor."""
    return request.user if isinstance(request.user, Person) else None


def signed_in(request: HttpRequest) -> Person:
    """Who asks, where a door has already kept visitors out."""
    if not isinstance(request.user, Person):
        raise TypeError("this door is missing login_required or TokenAuth")
    return request.user


# Roles


def acting_institution(request: HttpRequest) -> Institution | None:
    """For which institution the person acts: the one chosen in this session, else the first joined."""
    own = own_institutions(person_of(request))
    if not own:
        return None
    chosen = request.session.get(ACTING)
    return next((institution for institution in own if institution.pk == chosen), own[0])


def persons_with_role(role: str, institution: Institution | None = None) -> QuerySet[Person]:
    """Active persons who hold the verified role now, at `institution` or anywhere."""
    held = Membership.objects.filter(role=role, verification=Verification.VERIFIED, until__isnull=True)
    if institution is not None:
        held = held.filter(institution=institution)
    return Person.objects.filter(is_active=True, pk__in=held.values("person")).order_by("pk")


def persons_at(institution: Institution, people: Iterable[Person]) -> QuerySet[Person]:
    """Those of `people` who are active and belong to the institution, verified, whatever their role there."""
    held = Membership.objects.filter(
        person__in=people, institution=institution, verification=Verification.VERIFIED, until__isnull=True
    )
    return Person.objects.filter(is_active=True, pk__in=held.values("person"))


def person_by_email(email: str) -> Person | None:
    """Whose address this is: the account's own, or another address that the person has confirmed."""
    address = email.strip().lower()
    confirmed = Q(emailaddress__email__iexact=address, emailaddress__verified=True)
    return Person.objects.filter(Q(email=address) | confirmed).order_by("pk").first()


def confirmed_addresses(person: Person) -> set[str]:
    """The person's e-mail addresses that were confirmed, in lower case."""
    addresses = EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True)
    return {str(address).lower() for address in addresses}


def is_proven_by_domain(person: Person, institution: Institution, role: str) -> bool:
    """Whether a confirmed address at the institution's domain, or a part of it, proves the role."""
    if role not in PROVEN_BY_DOMAIN or not institution.domain:
        return False
    domains = {address.rpartition("@")[2] for address in confirmed_addresses(person)}
    return any(domain == institution.domain or domain.endswith(f".{institution.domain}") for domain in domains)


def grantable_roles(person: Person, institution: Institution | None) -> list[Role]:
    """The roles that `person` may give: an officer any that fits, a lead those at the own institution."""
    fitting = LOCAL_ROLES if institution else ECOSYSTEM_ROLES
    if has_role(person, Role.OFFICER):
        return [role for role in Role if role in fitting]
    if institution is not None and has_role(person, Role.LEAD, institution):
        return [role for role in Role if role in fitting]
    return []


# Institutions and members


def institutions(*, search: str = "", kind: str = "", region: str = "") -> QuerySet[Institution]:
    """Institutions by slug, with `member_count` and `team_count`; `search` looks in both names, slug and domain."""
    found = Institution.objects.annotate(
        member_count=Count(
            "memberships__person",
            filter=Q(memberships__until__isnull=True, memberships__verification=Verification.VERIFIED),
            distinct=True,
        ),
        team_count=Count("teams", distinct=True),
    )
    if search:
        words = Q(name__zh__icontains=search) | Q(name__en__icontains=search)
        found = found.filter(words | Q(slug__icontains=search) | Q(domain__icontains=search))
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(region=region)
    return found.order_by("slug")


def regions() -> list[str]:
    """Every region that an institution names, sorted."""
    named = Institution.objects.exclude(region="").order_by("region").values_list("region", flat=True)
    return list(named.distinct())


def members(
    institution: Institution | None, *, search: str = "", role: str = "", verification: str = ""
) -> QuerySet[Membership]:
    """Memberships in force at `institution` (None: those of the whole ecosystem), those waiting first."""
    held = Membership.objects.filter(institution=institution, until__isnull=True)
    held = held.select_related("person", "institution")
    if institution is None:
        held = held.filter(role__in=ECOSYSTEM_ROLES)
    if search:
        words = Q(person__name__icontains=search) | Q(person__name_latin__icontains=search)
        held = held.filter(words | Q(person__email__icontains=search))
    if role:
        held = held.filter(role=role)
    if verification:
        held = held.filter(verification=verification)
    return held.order_by("verification", "role", "person__name", "pk")


def import_runs(institution: Institution | None) -> QuerySet[ImportRun]:
    """Past imports of institutions (None) or of one institution's members, newest first."""
    return ImportRun.objects.filter(institution=institution).select_related("by").order_by("-at", "-pk")


# Teams


def lead_of(team: Team) -> Person:
    """The team's lead; there always is one."""
    return team.members.select_related("person").get(left_at__isnull=True, is_lead=True).person


def teams_of(person: Person) -> QuerySet[Team]:
    """The teams that the person is in now."""
    present = TeamMember.objects.filter(person=person, left_at__isnull=True)
    return Team.objects.filter(pk__in=present.values("team")).select_related("institution").order_by("name", "pk")


def led_teams(person: Person) -> QuerySet[Team]:
    """The teams that the person leads now."""
    leading = TeamMember.objects.filter(person=person, left_at__isnull=True, is_lead=True)
    return Team.objects.filter(pk__in=leading.values("team")).select_related("institution").order_by("name", "pk")


def teams_listed(teams: QuerySet[Team], *, search: str = "") -> QuerySet[Team]:
    """`teams` with institution and `member_count`, by name."""
    counted = teams.select_related("institution").annotate(
        member_count=Count("members", filter=Q(members__left_at__isnull=True), distinct=True)
    )
    if search:
        counted = counted.filter(Q(name__icontains=search) | Q(slug__icontains=search))
    return counted.order_by("name", "pk")


# Invitations, notifications, tokens


def open_invitations(now: datetime) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    waiting = Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return waiting.select_related("institution", "team", "invited_by").order_by("-created_at", "-pk")


def notifications(person: Person) -> QuerySet[Notification]:
    """What the person was told, newest first."""
    return Notification.objects.filter(person=person).order_by("-created_at", "-pk")


def person_asking(pk: int) -> Person | None:
    """The person, with the number of unread notifications as `unread`, and the current memberships; one query."""
    person = _asking.first(pk=pk)
    if person is not None:
        person.current_memberships = [_held(person, row) for row in vars(person).pop("held")]
    return person


@prepared(pk=int)
def _asking(pk: int) -> QuerySet[Person]:
    unread = Notification.objects.filter(person=OuterRef("pk"), read_at__isnull=True).order_by()
    counted = unread.values("person").annotate(number=Count("pk")).values("number")
    return Person.objects.filter(pk=pk).annotate(unread=Coalesce(Subquery(counted), 0), held=ArraySubquery(_MEMBERSHIPS))


_OF_MEMBERSHIP = ("id", "role", "verification", "since")
_OF_INSTITUTION = ("id", "slug", "name", "kind", "region", "domain")
_MEMBERSHIPS = (
    Membership.objects.filter(person=OuterRef("pk"), until__isnull=True).order_by("since", "id")
    .values(row=JSONObject(
        **{name: name for name in _OF_MEMBERSHIP}, **{f"at_{name}": f"institution__{name}" for name in _OF_INSTITUTION},
    ))
)


def _held(person: Person, row: Mapping[str, Any]) -> Membership:
    """As Django would have loaded it from its own rows."""
    held = _loaded(Membership, {
        **row, "person_id": person.pk, "institution_id": row["at_id"], "since": datetime.fromisoformat(row["since"]),
        "until": None,
    })
    held.person, held.institution = person, None
    if row["at_id"] is not None:
        values = {name: row[f"at_{name}"] for name in _OF_INSTITUTION}
        held.institution = _loaded(Institution, values | {"name": Text(**row["at_name"])})
    return held


def _loaded(kind: type[Row], values: Mapping[str, Any]) -> Row:
    columns = [field.attname for field in kind._meta.concrete_fields]
    return kind.from_db(DEFAULT_DB_ALIAS, columns, [values[name] for name in columns])


def unread_count(person: Person | None) -> int:
    """Without a question where the person came with the request."""
    if person is None:
        return 0
    known: int | None = getattr(person, "unread", None)
    return Notification.objects.filter(person=person, read_at__isnull=True).count() if known is None else known


def api_tokens(person: Person) -> QuerySet[ApiToken]:
    """The person's tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(person=person, revoked_at__isnull=True).order_by("-created_at", "-pk")


def is_live(token: ApiToken, now: datetime) -> bool:
    """Whether the token still opens the door."""
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def institutions_by_slug(slugs: Iterable[str]) -> dict[str, Institution]:
    return {institution.slug: institution for institution in Institution.objects.filter(slug__in=set(slugs))}
