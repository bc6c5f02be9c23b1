"""Every page of courses, for everybody: who gets in, in how few questions, and what it says."""

from __future__ import annotations

import io
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from heitu.ground.core import clock
from heitu.kinds.courses.actions.classes import extend
from heitu.kinds.courses.actions.grades import add_item, set_grade
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.models import Adoption, CourseVersion, Enrolment, Grade, Offering
from heitu.kinds.courses.queries.errands import errands
from tests import courses
from tests.factories import a_person
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
NOW = clock.now()
EVERYBODY = {"lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he", "visitor"}
COURSE = "/courses/adding-up/"
VERSION = f"{COURSE}versions/1.0.0/"
TEACHES, OVERSEES, COLLEAGUES = {"lin"}, {"chen", "xu"}, {"lin", "sun", "gao"}


def test_doors(cast: Cast, adoption: Adoption, offering: Offering, student: Enrolment) -> None:
    """200 for those named; 302 to the sign-in for a visitor where nobody is let in unknown; else 404."""
    item, seat = offering.items.get(), f"/classes/{offering.pk}/"
    doors: list[tuple[str, set[str]]] = [
        ("/courses/", EVERYBODY), (COURSE, EVERYBODY), (VERSION, EVERYBODY), (f"{VERSION}units/sums/", EVERYBODY),
        (f"{VERSION}labs/add-up/", EVERYBODY), (f"{VERSION}figures/sum.svg", EVERYBODY), ("/textbooks/", EVERYBODY),
        (f"{VERSION}labs/add-up/source/", {"lin", "gao"} | OVERSEES), (f"{COURSE}adoption/", {"chen"}),
        ("/adoptions/", EVERYBODY - {"visitor"}), (f"/adoptions/{adoption.pk}/", COLLEAGUES | OVERSEES),
        (f"/adoptions/{adoption.pk}/classes/new/", {"lin", "gao"}),
        ("/classes/", EVERYBODY - {"visitor"}), ("/classes/join/", EVERYBODY - {"visitor"}),
        (seat, TEACHES | OVERSEES | {"sun"}), (f"{seat}settings/", TEACHES), (f"{seat}deadlines/", TEACHES),
        (f"{seat}compute/", TEACHES), (f"{seat}students/", TEACHES | OVERSEES), (f"{seat}roster/", TEACHES),
        (f"{seat}students/{student.pk}/", TEACHES | OVERSEES), (f"{seat}gradebook/", TEACHES | OVERSEES),
        (f"{seat}gradebook/export.csv", TEACHES | OVERSEES), (f"{seat}gradebook/export.xlsx", TEACHES | OVERSEES),
        (f"{seat}gradebook/items/new/", TEACHES), (f"{seat}gradebook/{student.pk}/{item.pk}/", TEACHES | OVERSEES),
        (f"{VERSION}units/none/", set()), ("/courses/none/", set()), (f"{COURSE}versions/9.9.9/", set()),
    ]
    public = (VERSION, f"{COURSE}versions/", "/courses/none/")
    for name in sorted(EVERYBODY):
        client = client_of(cast, name)
        for url, let_in in doors:
            outside = 302 if name == "visitor" and not url.startswith(public) else 404
            assert client.get(url).status_code == (200 if name in let_in else outside), (name, url)


def test_writing_doors(cast: Cast, adoption: Adoption, offering: Offering, student: Enrolment) -> None:
    """What only takes POST serves its teacher alone."""
    seat = f"/classes/{offering.pk}/"
    doors = [
        f"/adoptions/{adoption.pk}/version/", f"/adoptions/{adoption.pk}/ending/", f"{seat}teachers/", f"{seat}code/",
        f"{seat}students/{student.pk}/extensions/", f"{seat}students/{student.pk}/leaving/",
        f"{seat}gradebook/{student.pk}/{offering.items.get().pk}/",
    ]
    for name in sorted(EVERYBODY - {"lin", "gao", "visitor"}):
        client = client_of(cast, name)
        for url in doors:
            assert client.post(url, {"points": "1"}).status_code == 404, (name, url)
    assert not Grade.objects.exists()


def test_few_questions(
    cast: Cast, adoption: Adoption, offering: Offering, student: Enrolment, django_assert_max_num_queries: Any
) -> None:
    counts: dict[tuple[str, str], int] = {}
    for who, paths in {
        "visitor": ["/courses/", COURSE, f"{VERSION}units/sums/", f"{VERSION}labs/add-up/", "/textbooks/"],
        "lin": [
            COURSE, "/classes/", "/adoptions/", f"/adoptions/{adoption.pk}/", f"/classes/{offering.pk}/",
            f"/classes/{offering.pk}/students/", f"/classes/{offering.pk}/gradebook/", "/",
        ],
        "sun": ["/classes/", f"/classes/{offering.pk}/", "/"],
    }.items():
        client = client_of(cast, who)
        for path in paths:
            client.get(path)
            with django_assert_max_num_queries(99) as asked:
                client.get(path)
            counts[who, path] = len(asked)
    assert max(counts.values()) <= 10, counts


def test_lists_take_the_same_questions_for_one_row_and_for_three(
    cast: Cast, version: CourseVersion, offering: Offering, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    client, counts = client_of(cast, "lin"), []
    paths = (f"/classes/{offering.pk}/gradebook/", f"/classes/{offering.pk}/students/", "/classes/")
    for more in (1, 2):
        for number in range(more):
            courses.a_student(offering, a_person(), number=f"{more}{number}", now=NOW)
            add_item(offering=offering, title=courses.TITLE, maximum=Decimal(10), by=cast.lin, now=NOW)
            courses.an_offering(offering.adoption, cast, now=NOW)
        for path in paths:
            client.get(path)
        for path in paths:
            with django_assert_max_num_queries(10) as asked:
                client.get(path)
            counts.append(len(asked))
    assert counts[: len(paths)] == counts[len(paths) :]


def test_finding_a_course(cast: Cast, version: CourseVersion) -> None:
    client = client_of(cast, "visitor")
    for query, found in (
        ("q=求和", True), ("q=ADD IT UP", True), ("q=nothing", False), ("skill=numpy-vectorisation", True),
        ("skill=none", False), ("toolchain=numpy", True), ("toolchain=torch", False),
    ):
        assert bool(client.get(f"/courses/?{query}").context["page"].object_list) is found, query


def test_a_course_page_says_what_it_teaches(cast: Cast, adoption: Adoption) -> None:
    page = client_of(cast, "visitor").get(COURSE, headers={"accept-language": "en"}).content.decode()
    for words in ("Adding up", "Sums", "Add it up", "Yunling University", "First.", "CC-BY-4.0", "4 h of lectures"):
        assert words in page, words


def test_a_unit_in_either_language(cast: Cast, version: CourseVersion) -> None:
    client = client_of(cast, "visitor")
    chinese = client.get(f"{VERSION}units/sums/").content.decode()
    assert "求和的次序" in chinese
    english = client.get(f"{VERSION}units/sums/?lang=en").content.decode()
    assert "The order of adding" in english
    assert f'{VERSION}units/errors/' in english  # the next one
    assert 'lang="zh-Hans"' in english.split("<body")[0]  # the site's own language stays


def test_a_figure_can_do_nothing(cast: Cast, version: CourseVersion) -> None:
    response = client_of(cast, "visitor").get(f"{VERSION}figures/sum.svg")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Content-Type"] == "image/svg+xml"


def test_a_lab_page_keeps_its_secrets(cast: Cast, version: CourseVersion) -> None:
    page = client_of(cast, "he").get(f"{VERSION}labs/add-up/").content.decode()
    assert "写一个" in page
    assert "total-tests" in page
    assert "return sum(x)" not in page
    assert "total([])" not in page


def test_a_lab_is_downloaded_without_its_secrets(cast: Cast, version: CourseVersion) -> None:
    response = client_of(cast, "visitor").get(f"{VERSION}labs/add-up/release/")
    cells = json.loads(response.content)["cells"]
    assert [cell["id"] for cell in cells] == [cell["id"] for cell in courses.notebook()["cells"]]
    assert "assert total([1]) == 1" in response.content.decode()
    assert not any(secret in response.content.decode() for secret in ("return sum(x)", "total([])"))


def test_a_newer_version_is_shown_and_taken_up(cast: Cast, adoption: Adoption, tmp_path: Path) -> None:
    folder = courses.newer(tmp_path, teaches=[{"skill": "numpy-vectorisation", "level": 3}])
    load_course(folder=folder, pack=tmp_path.name, by=None, now=NOW)
    client, url = client_of(cast, "lin"), f"/adoptions/{adoption.pk}/"
    page = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Version 1.1.0 is out" in page
    assert "level 2 → 3" in page
    assert client.post(f"{url}version/", {"version": "1.1.0"}).status_code == 302
    assert "is out" not in client.get(url, headers={"accept-language": "en"}).content.decode()
    assert client.post(f"{url}version/", {"version": "1.1.0"}).status_code == 409


def test_an_officer_opens_a_course_and_a_teacher_finds_the_way(cast: Cast, version: CourseVersion) -> None:
    courses.an_application(version, cast, now=NOW)  # loads the definition, opens the call
    page = client_of(cast, "gao").get(COURSE).content.decode()
    assert "/applications/new/?call=ZZ-" in page
    assert "/applications/new/" not in client_of(cast, "sun").get(COURSE).content.decode()


def test_opening_a_class_in_the_browser(cast: Cast, adoption: Adoption) -> None:
    client = client_of(cast, "lin")
    url, today = f"/adoptions/{adoption.pk}/classes/new/", NOW.date()
    plan = {"title": "一班", "term": "春", "starts_on": today, "ends_on": today, "late_percent": 10, "late_days": 7}
    wrong = client.post(url, plan | {"ends_on": today - timedelta(days=1)})
    assert wrong.status_code == 409
    assert "一班" in wrong.content.decode()
    assert client.post(url, plan).status_code == 302
    offering = Offering.objects.get()
    roster = SimpleUploadedFile("r.csv", "email,name\na@new.example,甲\n".encode())
    done = client.post(f"/classes/{offering.pk}/roster/", {"file": roster})
    assert client.get(done["Location"]).status_code == 200
    moment = {"opens_add-up": f"{today}T08:00", "due_add-up": f"{today + timedelta(days=9)}T23:59"}
    half = client.post(f"/classes/{offering.pk}/deadlines/", {"opens_add-up": f"{today}T08:00", "due_add-up": ""})
    assert half.status_code == 409
    assert client.post(f"/classes/{offering.pk}/deadlines/", moment).status_code == 302
    assert client.post(f"/classes/{offering.pk}/code/").status_code == 302
    offering.refresh_from_db()
    joiner = client_of(cast, "sun")
    assert joiner.post("/classes/join/", {"code": "WRONG"}).status_code == 409
    assert joiner.post("/classes/join/", {"code": offering.join_code}).status_code == 302
    page = joiner.get(f"/classes/{offering.pk}/").content.decode()
    assert "加起来" in page


def test_the_students_own_page_and_errand(cast: Cast, offering: Offering, student: Enrolment) -> None:
    client = client_of(cast, "sun")
    assert f"/classes/{offering.pk}/" in client.get("/").content.decode()
    page = client.get(f"/classes/{offering.pk}/").content.decode()
    assert "下一步：加起来" in page
    assert f"/classes/{offering.pk}/gradebook/" not in page


def test_an_errand_ends_when_a_lab_can_not_be_handed_in_any_more(cast: Cast, offering: Offering, student: Enrolment) -> None:
    due = offering.deadlines.get().due_at
    for days, counts in ((-1, 1), (0, 1), (6, 1), (8, 0)):
        assert len(errands(cast.sun, due + timedelta(days=days)).labs) == counts, days
    own = due + timedelta(days=5)
    extend(enrolment=student, lab="add-up", due_at=own, reason="病假", by=cast.lin, now=NOW)
    assert [todo.due_at for todo in errands(cast.sun, due + timedelta(days=8)).labs] == [own]


def test_a_teachers_errand(cast: Cast, adoption: Adoption) -> None:
    offering = courses.an_offering(adoption, cast, now=NOW, given=False)
    assert f"/classes/{offering.pk}/roster/" in client_of(cast, "lin").get("/").content.decode()
    courses.a_student(offering, cast.sun, now=NOW)
    assert f"/classes/{offering.pk}/deadlines/" in client_of(cast, "lin").get("/").content.decode()


def test_a_mark_changed_in_its_place(cast: Cast, offering: Offering, student: Enrolment) -> None:
    client, item = client_of(cast, "lin"), offering.items.get()
    url, partly = f"/classes/{offering.pk}/gradebook/{student.pk}/{item.pk}/", {"HX-Request": "true"}
    form = client.get(url, headers=partly).content.decode()
    assert 'name="points"' in form
    assert "<html" not in form
    assert ">4.50<" in client.post(url, {"points": "4.5", "seen": 0}, headers=partly).content.decode()
    refused = client.post(url, {"points": "5", "seen": 1}, headers=partly)
    assert refused.status_code == 409
    assert "data-why" in refused.content.decode()
    assert client.post(url, {"points": "5", "seen": 0, "reason": "x"}, headers=partly).status_code == 409
    assert client.post(url, {"points": "5", "seen": 1, "reason": "漏加"}).status_code == 302
    page = client.get(url).content.decode()
    assert "漏加" in page
    assert "4.50 → 5.00" in page


def test_the_gradebook_to_take_away(cast: Cast, offering: Offering, student: Enrolment) -> None:
    set_grade(enrolment=student, item=offering.items.get(), points=Decimal(4), by=cast.lin, now=NOW)
    client = client_of(cast, "lin")
    table = client.get(f"/classes/{offering.pk}/gradebook/export.csv").content.decode("utf-8-sig")
    assert table.splitlines()[1] == "2301,孙琪,sun@yunling.edu.example,4.0,80.0"
    book = load_workbook(io.BytesIO(client.get(f"/classes/{offering.pk}/gradebook/export.xlsx").content))
    assert [cell.value for cell in book.active[2]] == ["2301", "孙琪", "sun@yunling.edu.example", 4, 80]  # type: ignore[index]


def test_both_languages_everywhere(cast: Cast, offering: Offering, student: Enrolment) -> None:
    """No Chinese of the interface is left on an English page, beside what people named themselves."""
    client = client_of(cast, "lin")
    for path in (f"/classes/{offering.pk}/", f"/classes/{offering.pk}/gradebook/", f"/classes/{offering.pk}/compute/", "/classes/"):
        page = client.get(path, headers={"accept-language": "en"}).content.decode()
        main = page.split("<main")[1].split("</main>")[0]
        chinese = set(re.findall(r"[\u4e00-\u9fff]+", re.sub(r'lang="zh-Hans"[^>]*>[^<]*<', "<", main)))
        assert chinese <= {"计算机", "班", "春", "林致远", "孙琪"}, (path, chinese)
