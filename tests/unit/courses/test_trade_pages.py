"""Cartridges and textbooks on the site and over the API: who gets them, and what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from heitu.ground.core import clock
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.models import CourseVersion, Enrolment, Offering
from tests import cartridges, courses
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
NOW = clock.now()
VERSION = "/courses/adding-up/versions/1.0.0"


def content(client: Any, path: str) -> bytes:
    found = client.get(path)
    assert found.status_code == 200, path
    return b"".join(found.streaming_content)


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def test_everybody_gets_a_courses_cartridge_and_teachers_that_of_their_class(
    cast: Cast, offering: Offering, student: Enrolment, django_assert_max_num_queries: Any
) -> None:
    visitor, seat = client_of(cast, "visitor"), f"/classes/{offering.pk}"
    made = content(visitor, f"{VERSION}/course.imscc")
    assert cartridges.breaches(made) == []
    assert content(visitor, f"/api/v1{VERSION}/cartridge") == made
    with django_assert_max_num_queries(4):  # it is kept
        content(visitor, f"{VERSION}/course.imscc")
    own = content(client_of(cast, "lin"), f"{seat}/course.imscc")
    assert own != made
    assert cartridges.breaches(own) == []
    assert content(client_of(cast, "lin"), f"/api/v1{seat}/cartridge") == own
    for name in ("sun", "he", "chen", "gao"):
        assert client_of(cast, name).get(f"{seat}/course.imscc").status_code == 404
        assert client_of(cast, name).get(f"/api/v1{seat}/cartridge").status_code == 404
    assert visitor.get(f"{VERSION.replace('1.0.0', '9.9.9')}/course.imscc").status_code == 404
    assert f'href="{VERSION}/course.imscc"' in visitor.get("/courses/adding-up/").content.decode()
    for name, told in (("lin", True), ("sun", False)):
        assert (f"{seat}/course.imscc" in client_of(cast, name).get(f"{seat}/").content.decode()) is told


def editions(*numbers: int, isbn: str = "978-0-262-03561-3") -> list[dict[str, Any]]:
    return [
        {"edition": each, "year": 2000 + each, "isbn": isbn, "changes": {"zh": f"改{each}", "en": f"new in {each}"}} for each in numbers
    ]


def test_a_textbook_tells_its_editions_and_who_reads_which(
    version: CourseVersion, cast: Cast, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    """The same book of another course, by its ISBN, is on the page; a newer edition that nobody reads is told."""
    plain = courses.manifest()
    book = {"id": "book", "title": "Sums", "authors": ["A. Dder"], "publisher": "Abacus", "editions": editions(1, 2)}
    other = courses.write(tmp_path / "other", textbooks=[book])
    text = (other / "course.yaml").read_text().replace("edition: 1\n    chapters: '1'", "edition: 2\n    chapters: 2–3")
    (other / "course.yaml").write_text(text)
    load_course(folder=other.rename(other.with_name("other-course")), pack="other", by=None, now=NOW)
    mine = [{**plain["textbooks"][0], "editions": editions(1, isbn="9780262035613")}]
    load_course(folder=courses.newer(tmp_path / "own", textbooks=mine), pack=tmp_path.name, by=None, now=NOW)
    visitor, path = client_of(cast, "visitor"), "/courses/adding-up/textbooks/book/"
    with django_assert_max_num_queries(4):
        page = visitor.get(path, headers={"accept-language": "en"}).content.decode()
    assert page.index("Edition 2 (2002)") < page.index("Edition 1 (2001)")
    for words in ("new in 1", "new in 2", "2–3", "read the newest edition yet: 1"):
        assert words in page, words
    told = visitor.get("/api/v1/courses/adding-up/textbooks/book").json()
    readers = {each["edition"]: [(unit["course"], unit["unit"]) for unit in each["readers"]] for each in told["editions"]}
    assert readers == {2: [("other-course", "sums")], 1: [("adding-up", "sums")]}
    listed = visitor.get("/api/v1/textbooks?search=abacus").json()["items"]
    assert {(each["course"], each["id"], each["newest"]) for each in listed} == {("adding-up", "book", 1), ("other-course", "book", 2)}
    assert f'href="{path}"' in visitor.get("/textbooks/").content.decode()
    for missing in ("/courses/adding-up/textbooks/none/", "/courses/none/textbooks/book/", "/api/v1/courses/adding-up/textbooks/none"):
        assert visitor.get(missing).status_code == 404
