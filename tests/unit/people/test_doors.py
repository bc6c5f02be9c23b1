"""Every address against every person of the cast: who gets in, who is sent to sign in, who finds nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import mail
from heitu.ground.people.actions import add_member, create_token, import_members, invite, join, notify
from heitu.ground.people.enums import Role
from heitu.ground.people.urls import urlpatterns
from tests.factories import NOW
from tests.people import Cast

EVERYBODY = {"lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he"}
COLLEAGUES = {"lin", "sun", "gao"}  # at the university
# Address → who may open it. The visitor is let in only where "visitor" stands.
PAGES: dict[str, set[str]] = {
    "institutions": EVERYBODY | {"visitor"},
    "institutions_file": EVERYBODY | {"visitor"},
    "new_institution": {"chen"},
    "institution_imports": {"chen"},
    "institution": EVERYBODY | {"visitor"},
    "institution_settings": {"chen"},
    "members": {"chen", "xu"},
    "members_file": {"chen", "xu"},
    "member_imports": {"chen"},
    "import": {"chen", "xu"},
    "import_faults": {"chen", "xu"},
    "roles": {"chen", "xu"},
    "invitation": EVERYBODY | {"visitor"},
    "teams": EVERYBODY,
    "new_team": EVERYBODY,
    "team": COLLEAGUES | {"chen", "xu", "ma"},
    "team_settings": {"lin", "chen"},
    "profile": EVERYBODY,
    "tokens": EVERYBODY,
    "notifications": EVERYBODY,
    "unsubscribe": EVERYBODY | {"visitor"},
}
# What only takes POST → whom it serves (anything but 404).
POSTS: dict[str, set[str]] = {
    "membership": EVERYBODY,
    "institution_invitations": {"chen"},
    "verification": {"chen"},
    "ending": {"chen", "he"},
    "role_invitations": {"chen"},
    "revocation": {"chen"},
    "team_members": {"lin", "chen"},
    "departure": {"lin", "chen", "sun"},
    "lead": {"lin", "chen"},
    "acting": set(),  # nobody belongs to the institution that is sent
    "token_revocation": {"lin"},
    "all_reading": EVERYBODY,
    "reading": {"lin"},
}


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """One address for every name in urls.py."""
    add_member(team=cast.dengta, person=cast.gao, by=cast.lin, now=NOW)
    run = import_members(
        institution=cast.university, file_name="m.csv", data=b"email,name,role\nbad,,x\n", by=cast.chen, now=NOW
    )
    waiting = join(person=cast.he, institution=cast.company, role=Role.OWNER, by=cast.he, now=NOW)
    invitation = invite(email="new@yunling.edu.example", role=Role.EXPERT, by=cast.chen, now=clock.now())
    (line,) = notify(people=[cast.lin], kind="test", title=Text(zh="一", en="one"), now=NOW)
    token, _ = create_token(name="t", scopes=["read"], by=cast.lin, now=NOW)
    arguments: dict[str, list[object]] = {
        "import": [run.pk], "import_faults": [run.pk], "verification": [waiting.pk], "ending": [waiting.pk],
        "invitation": [mail.invitation_token(invitation)], "revocation": [invitation.pk], "reading": [line.pk],
        "token_revocation": [token.pk], "unsubscribe": [mail.unsubscribe_token(cast.lin)],
        "departure": ["dengta", cast.sun.pk], "lead": ["dengta", cast.gao.pk],
    }
    for name in ("institution", "institution_settings", "membership", "members", "members_file", "member_imports"):
        arguments[name] = [cast.university.slug]
    for name in ("team", "team_settings", "team_members"):
        arguments[name] = ["dengta"]
    arguments["institution_invitations"] = [cast.university.slug]
    return {str(p.name): reverse(f"people:{p.name}", args=arguments.get(str(p.name), [])) for p in urlpatterns}


def _client(cast: Cast, who: str) -> Client:
    client = Client()
    person = cast.persons()[who]
    if person:
        client.force_login(person)
    return client


def test_every_address_is_in_one_of_the_tables() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == PAGES.keys() | POSTS.keys()


@pytest.mark.parametrize(
    ("who", "language"), [*((who, "zh-hans") for who in (*sorted(EVERYBODY), "visitor")), ("chen", "en"), ("lin", "en")]
)
def test_pages_open_for_whom_they_should(cast: Cast, addresses: dict[str, str], who: str, language: str) -> None:
    client = _client(cast, who)
    for name, allowed in PAGES.items():
        response = client.get(addresses[name], headers={"accept-language": language})
        if who in allowed:
            assert response.status_code == 200, (name, who)
            assert b"<c-" not in response.content, (name, who)
        elif who == "visitor":
            assert response.status_code == 302, (name, who)
            assert response["Location"].startswith(reverse("account_login")), (name, who)
        else:
            assert response.status_code == 404, (name, who)


@pytest.mark.parametrize("who", [*sorted(EVERYBODY), "visitor"])
def test_posts_serve_whom_they_should(cast: Cast, addresses: dict[str, str], who: str) -> None:
    for name, allowed in POSTS.items():
        client = _client(cast, who)
        assert client.get(addresses[name]).status_code == (302 if who == "visitor" else 405), (name, who)
        response = client.post(addresses[name], {"institution": "nowhere"})
        if who == "visitor":
            assert response["Location"].startswith(reverse("account_login")), name
        else:
            assert (response.status_code != 404) == (who in allowed), (name, who, response.status_code)
