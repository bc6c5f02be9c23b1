"""What every page's template may use: the language, the navigation for this person, the demo banner."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest

from heitu.ground.core.text import Text, language_of
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import is_expert, is_finance, sees_everything
from heitu.ui.links import Link, address

HOME = ("h", Text(zh="首页", en="Home"), "home")
CALLS = ("c", Text(zh="揭榜任务", en="Calls"), "call_list")
CASES = ("a", Text(zh="申报与项目", en="Applications"), "application_list")
COURSES = ("e", Text(zh="课程", en="Courses"), "course_list")
REVIEWS = ("r", Text(zh="评审", en="Reviews"), "review_list")
PAYOUTS = ("p", Text(zh="付款", en="Payments"), "payout_list")
FUNDS = ("f", Text(zh="基金", en="Funds"), "fund_list")
MACHINES = ("m", Text(zh="评测机", en="Judging machines"), "machine_list")
RESULTS = ("s", Text(zh="成果", en="Results"), "result_list")
SKILLS = ("k", Text(zh="技能", en="Skills"), "skill_list")
INSTITUTIONS = ("i", Text(zh="院校与机构", en="Institutions"), "people:institutions")

FOOTER = (
    (Text(zh="核验证书", en="Verify a credential"), "badge_verify"),
    (Text(zh="API", en="API"), "api:openapi-json"),
    (Text(zh="组件", en="Components"), "ui:gallery"),
)
Entry = tuple[str, Text, str]


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "language": language_of(getattr(request, "LANGUAGE_CODE", None)),
        "demo": settings.DEMO,
        "demo_url": address("demo_people"),
        "home_url": address("home"),
        "search_url": address("call_list"),
        "nav": cache(lambda: _nav(request)),  # not before a page shows it
        "footer": _footer(),
    }


@cache
def _footer() -> tuple[Link, ...]:
    return tuple(Link(title, address(name)) for title, name in FOOTER)


def _nav(request: HttpRequest) -> tuple[Link, ...]:
    entries = ((key, title, address(name)) for key, title, name in _entries(person_of(request)))
    return tuple(Link(title, url, key, _is_current(request.path, url)) for key, title, url in entries)


def _is_current(path: str, url: str) -> bool:
    if url == address(COURSES[2]):
        return path.startswith((url, "/classes/", "/adoptions/", "/textbooks/"))
    return path == url if url == "/" else path.startswith(url)


def _entries(person: Person | None) -> list[Entry]:
    """What this person has business with; a visitor sees what is public."""
    entries: list[Entry] = [HOME, CALLS]
    if person is not None:
        entries.append(CASES)
    entries.append(COURSES)
    if is_expert(person):
        entries.append(REVIEWS)
    if is_finance(person) or sees_everything(person):
        entries += [PAYOUTS, FUNDS]
    if sees_everything(person):
        entries.append(MACHINES)
    return [*entries, RESULTS, SKILLS, INSTITUTIONS]
