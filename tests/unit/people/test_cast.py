from __future__ import annotations

from heitu.ground.people.enums import Role
from heitu.ground.people.models import members_now
from heitu.ground.people.queries import has_role, lead_of
from heitu.ground.people.rules import is_auditor, is_expert, is_finance, is_officer
from tests.people import Cast


def test_everybody_has_the_role_they_are_cast_for(cast: Cast) -> None:
    assert has_role(cast.lin, Role.TEACHER, cast.university)
    assert not has_role(cast.lin, Role.TEACHER, cast.company)
    assert has_role(cast.zhou, Role.OWNER)
    assert is_officer(cast.chen)
    assert is_expert(cast.wu)
    assert is_expert(cast.gao)
    assert is_finance(cast.ma)
    assert is_auditor(cast.xu)
    assert not any(has_role(cast.he, role) for role in Role)
    assert not has_role(None, Role.OFFICER)


def test_lin_leads_dengta_and_sun_is_in_it(cast: Cast) -> None:
    assert lead_of(cast.dengta) == cast.lin
    assert [member.person for member in members_now(team=cast.dengta.pk)] == [cast.lin, cast.sun]
