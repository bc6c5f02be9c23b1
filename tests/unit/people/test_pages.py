"""One test a view: what a person does there, and that lists cost the same with one row and with three."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import mail, queries
from heitu.ground.people.actions import accept, create_token, grant, import_institutions, invite, notify
from heitu.ground.people.enums import Role, Verification
from heitu.ground.people.models import Institution, Invitation, Membership, Team
from tests.factories import NOW, a_person, a_team, an_institution
from tests.people import Cast


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.chen)
    return client


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    client.force_login(cast.lin)
    return client


def test_institutions_are_searched_and_filtered(cast: Cast, client: Client) -> None:
    address = reverse("people:institutions")
    for asked, found in (({"q": "云岭"}, 1), ({"q": "operator"}, 1), ({"kind": "company"}, 1), ({"region": "云南"}, 1),
                         ({"q": "无"}, 0), ({"page": "99"}, 2)):
        assert len(client.get(address, asked).context["page"].object_list) == found, asked


def test_an_officer_enters_and_changes_an_institution(officer: Client) -> None:
    given = {"slug": "beiyuan", "name_zh": "北垣大学", "name_en": "", "kind": "university", "domain": "Beiyuan.example"}
    assert officer.post(reverse("people:new_institution"), {**given, "slug": "yunling-university"}).status_code == 409
    made = officer.post(reverse("people:new_institution"), given)
    assert made["Location"] == reverse("people:institution", args=["beiyuan"])
    changed = {**given, "name_en": "Beiyuan University", "domain": ""}
    assert officer.post(reverse("people:institution_settings", args=["beiyuan"]), changed).status_code == 302
    assert Institution.objects.get(slug="beiyuan").name == Text(zh="北垣大学", en="Beiyuan University")


def test_asking_for_a_role_and_getting_it(cast: Cast, officer: Client) -> None:
    asking = Client()
    asking.force_login(cast.he)
    address = reverse("people:membership", args=[cast.company.slug])
    assert asking.post(address, {"role": "officer"}).status_code == 409
    assert asking.post(address, {"role": "owner"}).status_code == 302
    held = Membership.objects.get(person=cast.he)
    page = officer.get(reverse("people:members", args=[cast.company.slug]), {"verification": "pending"})
    assert cast.he.email in page.content.decode()
    officer.post(reverse("people:verification", args=[held.pk]), {"answer": "verified"})
    held.refresh_from_db()
    assert held.verification == Verification.VERIFIED
    asking.post(reverse("people:ending", args=[held.pk]))
    held.refresh_from_db()
    assert held.until is not None


def test_inviting_withdrawing_and_accepting(cast: Cast, officer: Client) -> None:
    given = {"email": cast.he.email, "role": "expert"}
    assert officer.post(reverse("people:role_invitations"), given).status_code == 302
    assert officer.post(reverse("people:role_invitations"), {**given, "role": "teacher"}).status_code == 409
    at_home = reverse("people:institution_invitations", args=[cast.university.slug])
    assert officer.post(at_home, {"email": "x@x.example", "role": "teacher"}).status_code == 302
    second = Invitation.objects.get(email="x@x.example")
    officer.post(reverse("people:revocation", args=[second.pk]))
    second.refresh_from_db()
    assert second.revoked_at is not None
    guest = Client()
    guest.force_login(cast.he)
    link = reverse("people:invitation", args=[mail.invitation_token(Invitation.objects.get(email=cast.he.email))])
    assert guest.get(link).context["mine"]
    assert guest.post(link)["Location"] == reverse("people:profile")
    assert queries.has_role(type(cast.he).objects.get(pk=cast.he.pk), Role.EXPERT)
    assert guest.post(link).status_code == 409


def test_founding_changing_and_handing_over_a_team(cast: Cast, lead: Client) -> None:
    given = {"name": "星火", "institution": cast.university.pk, "introduction_zh": "简介"}
    made = lead.post(reverse("people:new_team"), given)
    team = Team.objects.get(name="星火")
    assert made["Location"] == team.get_absolute_url()
    assert lead.post(reverse("people:new_team"), {**given, "institution": cast.company.pk}).status_code == 409
    lead.post(reverse("people:team_settings", args=[team.slug]), {"name": "星火二"})
    added = lead.post(reverse("people:team_members", args=[team.slug]), {"email": cast.gao.email})
    assert added.status_code == 302
    assert lead.post(reverse("people:team_members", args=[team.slug]), {"email": cast.gao.email}).status_code == 409
    lead.post(reverse("people:lead", args=[team.slug, cast.gao.pk]))
    assert queries.lead_of(team) == cast.gao
    lead.post(reverse("people:departure", args=[team.slug, cast.lin.pk]))
    assert not queries.is_in_team(cast.lin, team)


def test_the_profile_is_changed_and_speaks_the_chosen_language(cast: Cast, lead: Client) -> None:
    given = {"name": "林致远", "name_latin": "Lin", "language": "en", "time_zone": "Europe/Berlin"}
    assert lead.post(reverse("people:profile"), {**given, "time_zone": "Moon/Sea"}).status_code == 409
    page = lead.post(reverse("people:profile"), given, follow=True).content.decode()
    assert '<html lang="en"' in page
    assert "My roles" in page


def test_acting_for_another_of_ones_institutions(cast: Cast, lead: Client) -> None:
    grant(person=cast.lin, role=Role.OWNER, institution=cast.company, by=None, now=NOW)
    assert lead.get(reverse("people:profile")).context["acting"] == cast.university
    chosen = {"institution": cast.company.slug, "next": "https://elsewhere.example/"}
    assert lead.post(reverse("people:acting"), chosen)["Location"] == reverse("people:profile")
    assert lead.get(reverse("people:profile")).context["acting"] == cast.company


Rows = Callable[[Cast, int], object]


def _institutions(cast: Cast, n: int) -> object:
    return an_institution()


def _members(cast: Cast, n: int) -> object:
    return a_person(role=Role.STUDENT, institution=cast.university)


def _teams(cast: Cast, n: int) -> object:
    return a_team(institution=cast.university, members=[a_person()])


def _own_teams(cast: Cast, n: int) -> object:
    return a_team(institution=cast.university, lead=cast.lin)


def _team_members(cast: Cast, n: int) -> object:
    sent = invite(email=f"guest{n}@x.example", team=cast.dengta, by=cast.lin, now=clock.now())
    invite(email=f"waiting{n}@x.example", team=cast.dengta, by=cast.lin, now=clock.now())
    return accept(invitation=sent, by=a_person(email=sent.email), now=clock.now())


def _notifications(cast: Cast, n: int) -> object:
    return notify(people=[cast.lin, cast.chen], kind="x", title=Text(zh="一"), now=NOW)


def _tokens(cast: Cast, n: int) -> object:
    return create_token(name=f"t{n}", scopes=["read", "submit"], by=cast.lin, now=NOW)


def _roles(cast: Cast, n: int) -> object:
    invite(email=f"e{n}@x.example", role=Role.EXPERT, by=cast.chen, now=clock.now())
    return a_person(role=Role.EXPERT)


def _imports(cast: Cast, n: int) -> object:
    return import_institutions(file_name="i.csv", data=b"slug,name_zh,kind\n,,\nx,,\n", by=cast.chen, now=NOW)


@pytest.mark.parametrize(("who", "name", "arguments", "row"), [
    ("chen", "institutions", [], _institutions),
    ("chen", "institutions_file", [], _institutions),
    ("lin", "institution", ["yunling-university"], _teams),
    ("chen", "members", ["yunling-university"], _members),
    ("chen", "members_file", ["yunling-university"], _members),
    ("lin", "teams", [], _teams),
    ("lin", "team", ["dengta"], _team_members),
    ("lin", "profile", [], _own_teams),
    ("lin", "notifications", [], _notifications),
    ("lin", "tokens", [], _tokens),
    ("chen", "roles", [], _roles),
    ("chen", "institution_imports", [], _imports),
])
def test_a_list_costs_the_same_with_one_row_and_with_three(
    cast: Cast, client: Client, who: str, name: str, arguments: list[str], row: Rows
) -> None:
    person = cast.persons()[who]
    assert person
    client.force_login(person)
    address = reverse(f"people:{name}", args=arguments)
    row(cast, 1)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert client.get(address).status_code == 200
    row(cast, 2)
    row(cast, 3)
    with CaptureQueriesContext(connection) as three:
        assert client.get(address).status_code == 200
    assert len(three) == len(one)
    assert len(one) <= 10
