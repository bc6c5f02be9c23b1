"""The same over the API: read by everybody what is public, written by those who may."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.models import Adoption, CourseVersion, Enrolment, Grade, Offering
from tests import courses
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
NOW = clock.now()
API = "/api/v1"


def put(client: Client, path: str, data: Any) -> Any:
    return client.put(f"{API}{path}", data, content_type="application/json")


def post(client: Client, path: str, data: Any) -> Any:
    return client.post(f"{API}{path}", data, content_type="application/json")


def test_courses_are_public(version: CourseVersion, cast: Cast) -> None:
    client = client_of(cast, "visitor")
    (found,) = client.get(f"{API}/courses?search=求和").json()["items"]
    assert (found["slug"], found["version"], found["adopters"]) == ("adding-up", "1.0.0", 0)
    assert client.get(f"{API}/courses/adding-up").json()["manifest"]["licence"] == "CC-BY-4.0"
    unit = client.get(f"{API}/courses/adding-up/versions/1.0.0/units/sums?language=en").json()
    assert unit["contents"][0][1] == "From a loop to an array"
    assert "return sum(x)" not in client.get(f"{API}/courses/adding-up/versions/1.0.0/labs/add-up").json()["html"]
    for path in ("/courses/none", "/courses/adding-up/versions/2.0.0", "/courses/adding-up/versions/1.0.0/units/none"):
        assert client.get(f"{API}{path}").status_code == 404
    for path in ("/adoptions", "/classes"):
        assert client.get(f"{API}{path}").status_code == 401


def test_a_term_over_the_api(adoption: Adoption, cast: Cast, tmp_path: Path) -> None:
    """A teacher takes a version up, opens a class, gives a lab, lets a student in, extends, marks."""
    load_course(folder=courses.newer(tmp_path), pack=tmp_path.name, by=None, now=NOW)
    lin = client_of(cast, "lin")
    assert lin.get(f"{API}/adoptions/{adoption.pk}/difference").json() == {"units": [], "labs": [], "skills": [], "editions": []}
    assert put(lin, f"/adoptions/{adoption.pk}/version", {"version": "1.1.0"}).json()["version"] == "1.1.0"
    plan = {"title": "一班", "term": "春", "starts_on": str(NOW.date()), "ends_on": str(NOW.date() + timedelta(days=90))}
    made = post(lin, f"/adoptions/{adoption.pk}/classes", plan)
    assert made.status_code == 201
    seat = f"/classes/{made.json()['id']}"
    due = NOW + timedelta(days=9)
    dates = [{"lab": "add-up", "opens_at": NOW.isoformat(), "due_at": due.isoformat()}]
    assert put(lin, f"{seat}/deadlines", dates).status_code == 200
    student = post(lin, f"{seat}/students", {"email": cast.sun.email, "student_number": "7"}).json()
    later = (due + timedelta(days=2)).isoformat()
    extension = {"lab": "add-up", "due_at": later, "reason": "病假"}
    assert post(lin, f"{seat}/students/{student['id']}/extensions", extension).status_code == 201
    (item,) = lin.get(f"{API}{seat}/items").json()
    exam = post(lin, f"{seat}/items", {"title": {"zh": "期末", "en": "Final"}, "maximum": 100}).json()
    assert float(put(lin, f"{seat}/marks/{student['id']}/{exam['id']}", {"points": 80}).json()["points"]) == 80
    (line,) = lin.get(f"{API}{seat}/marks").json()
    assert {int(key): float(value) for key, value in line["marks"].items()} == {exam["id"]: 80}
    (lab,) = client_of(cast, "sun").get(f"{API}{seat}/labs").json()
    assert (lab["lab"], lab["extended"], lab["handed_in"]) == ("add-up", True, False)
    assert item["lab"] == "add-up"


def test_who_may_not_is_told_nothing(offering: Offering, student: Enrolment, cast: Cast) -> None:
    seat, item = f"/classes/{offering.pk}", offering.items.get()
    for name in ("sun", "he", "chen", "gao"):
        client = client_of(cast, name)
        assert put(client, f"{seat}/marks/{student.pk}/{item.pk}", {"points": 5}).status_code == 404, name
        assert post(client, f"{seat}/students", {"email": cast.he.email}).status_code == 404, name
        assert put(client, f"{seat}/compute", {"minutes": 5, "days": 1}).status_code == 404, name
    for name in ("sun", "he", "gao"):
        assert client_of(cast, name).get(f"{API}{seat}/marks").status_code == 404, name
    assert not Grade.objects.exists()
    refused = post(client_of(cast, "he"), "/classes/join", {"code": "WRONG"})
    assert (refused.status_code, refused.json()["code"]) == (409, "code_unknown")
