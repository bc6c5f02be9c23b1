"""Cartridges to and from software of others: they find in ours what is there, and we read what they write."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from heitu.kinds.courses.pack.reading import CourseFolder, read_course
from heitu.kinds.courses.trade import cartridges
from heitu.kinds.courses.trade.giving import Place, cartridge
from heitu.kinds.courses.trade.sources import files_of
from tests import courses
from tests.peers import environments

SCRIPT = Path(__file__).parent / "cartridges" / "by_others.py"
SITE = "https://heitu.example.edu"
# botstash needs its readers of documents to be imported; collective.imstransport, of 2012, asks for Plone, which it gets no work from.
PEERS = (
    "--no-deps", "botstash==0.6.0", "python-docx==1.2.0", "python-pptx==1.0.2", "lxml", "typing-extensions", "XlsxWriter", "Pillow",
    "webvtt-py==0.5.1", "collective.imstransport==3.2.2", "fissix==24.4.24", "appdirs==1.4.4", "setuptools==80.9.0",
)


@pytest.fixture(scope="module")
def python() -> Path:
    return environments.python_with("cartridges", *PEERS)


def asked(python: Path, *words: str) -> str:
    done = subprocess.run([str(python), str(SCRIPT), *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    return read_course(courses.write(tmp_path))


@pytest.fixture
def told(python: Path, course: CourseFolder, tmp_path: Path) -> dict[str, Any]:
    made = tmp_path / "course.imscc"
    made.write_bytes(cartridge(course, Place(SITE)))
    found: dict[str, Any] = json.loads(asked(python, "read", str(made)))
    return found


def test_every_page_of_ours_is_found_under_its_title(told: dict[str, Any], course: CourseFolder) -> None:
    pages = {each["file"]: each for each in told["botstash"] if each["file"].startswith("units/")}
    wanted = {
        f"units/{unit.id}.{language}.html": unit.title.in_(language)  # type: ignore[arg-type]
        for unit in course.manifest.units for language in ("zh", "en")
    }
    assert {file: each["title"] for file, each in pages.items()} == wanted
    assert all(wanted[file] in each["text"] for file, each in pages.items())


def test_whatever_the_manifest_lists_is_there_and_named(told: dict[str, Any], course: CourseFolder) -> None:
    listed = told["plone"]["resources"]
    assert all(size > 0 for each in listed for size in each["sizes"])
    assert all(each["files"] for each in listed)
    shown = [each["title"] for each in listed if each["title"]]
    labs = [f"{lab.title.zh} · {lab.title.en}" for lab in course.manifest.labs]
    assert set(labs) <= set(shown)
    assert all(each["title"] for each in listed if not each["name"].startswith("figure-")), "but for figures, which pages bring along"


def test_what_they_write_becomes_a_course(python: Path, tmp_path: Path) -> None:
    made = tmp_path / "theirs.imscc"
    asked(python, "write", str(made))
    found = cartridges.read(files_of(made))
    assert found.faults == []
    assert (found.titles, found.summary) == ({"zh": "数值方法 Numerics"}, {"zh": "一门短课"})
    titles = [("first", "误差 Errors"), ("second", "求和 Sums"), ("links", "延伸阅读")]
    assert [(page.unit, page.title) for page in found.pages] == titles
    assert "误差 Errors 的正文。" in found.pages[0].text
    assert "[下一页](second)" in found.pages[0].text
    assert "[延伸阅读](<https://example.org/more>)" in found.pages[2].text
    assert [each.place for each in found.left_out] == ["notes.pdf"]
