"""What every page's template may use: the language, the navigation for this person, the demo banner."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.functional import SimpleLazyObject

from heitu.ground.core.text import Text, language_of
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.rules import is_expert, is_finance, sees_everything

HOME = ("h", Text(zh="首页", en="Home"), reverse_lazy("home"))
CALLS = ("c", Text(zh="揭榜任务", en="Calls"), reverse_lazy("call_list"))
CASES = ("a", Text(zh="申报与项目", en="Applications"), reverse_lazy("application_list"))
COURSES = ("e", Text(zh="课程", en="Courses"), reverse_lazy("course_list"))
REVIEWS = ("r", Text(zh="评审", en="Reviews"), reverse_lazy("review_list"))
PAYOUTS = ("p", Text(zh="付款", en="Payments"), reverse_lazy("payout_list"))
FUNDS = ("f", Text(zh="基金", en="Funds"), reverse_lazy("fund_list"))
MACHINES = ("m", Text(zh="评测机", en="Judging machines"), reverse_lazy("machine_list"))
RESULTS = ("s", Text(zh="成果", en="Results"), reverse_lazy("result_list"))
SKILLS = ("k", Text(zh="技能", en="Skills"), reverse_lazy("skill_list"))
INSTITUTIONS = ("i", Text(zh="院校与机构", en="Institutions"), reverse_lazy("people:institutions"))

FOOTER = (
    (Text(zh="核验证书", en="Verify a credential"), reverse_lazy("badge_verify")),
    (Text(zh="API", en="API"), reverse_lazy("api:openapi-json")),
    (Text(zh="组件", en="Components"), reverse_lazy("ui:gallery")),
)
Entry = tuple[str, Text, object]


def site(request: HttpRequest) -> dict[str, object]:
    return {
        "language": language_of(getattr(request, "LANGUAGE_CODE", None)),
        "demo": settings.DEMO,
        "demo_url": reverse_lazy("demo_people"),
        "home_url": reverse_lazy("home"),
        "search_url": reverse_lazy("call_list"),
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "footer": [_link(request, title, url) for title, url in FOOTER],
    }


def _link(request: HttpRequest, title: Text, url: object) -> dict[str, object]:
    return {"title": title, "url": str(url), "current": request.path == str(url)}


def _nav(request: HttpRequest) -> list[dict[str, object]]:
    entries = _entries(person_of(request))
    return [
        {"key": key, "title": title, "url": str(url), "current": _is_current(request.path, str(url))}
        for key, title, url in entries
    ]


def _is_current(path: str, url: str) -> bool:
    if url == str(COURSES[2]):
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
