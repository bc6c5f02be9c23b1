"""A course's folder: sound, or every fault of it at once, each with its file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from heitu.engines.lifecycle.command import check
from heitu.engines.lifecycle.faults import Fault
from heitu.kinds.courses.pack import outline
from heitu.kinds.courses.pack.reading import examine, read_course
from heitu.stages.calls import terms
from tests import courses


def faults_of(folder: Path) -> list[Fault]:
    return examine(folder)[1]


def said(folder: Path) -> str:
    """Every fault as `heitu check` shows it, without the folder."""
    return "\n".join(fault.show("en").replace(f"{folder}/", "") for fault in faults_of(folder))


def test_a_sound_course_has_no_fault(tmp_path: Path) -> None:
    course = read_course(courses.write(tmp_path))
    assert course.manifest.lab("add-up")
    assert sorted(course.files) == [
        "figures/sum.svg", "labs/add-up/add-up.ipynb", "units/errors.en.md", "units/errors.zh.md", "units/sums.en.md",
        "units/sums.zh.md",
    ]


def test_what_a_course_is_called_fits_the_call_for_its_teachers() -> None:
    """The one is checked without Django, so the bounds stand in two places."""
    assert outline.MOST_LETTERS["summary"] == terms.MOST_LETTERS["summary"]
    prefixes = len("采用课程："), len("Teach the course: ")
    for most, prefix, bound in zip(outline.MOST_LETTERS["title"], prefixes, terms.MOST_LETTERS["title"], strict=True):
        assert most + prefix <= bound


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    folder = courses.write(tmp_path)
    before = read_course(folder).digest
    (folder / "course.yaml").write_text("# a remark\n" + (folder / "course.yaml").read_text())
    assert read_course(folder).digest == before
    (folder / "units" / "errors.en.md").write_text(courses.UNITS["errors"]["en"].replace("rounds", "may round"))
    assert read_course(folder).digest != before


@pytest.mark.parametrize(("changes", "line"), [
    ({"licens": "x"}, "there is no key “licens” here"),
    ({"toolchains": ["nunpy"]}, "“0” can't be “nunpy”, only: numpy, mindspore, torch (did you mean “numpy”?)"),
    (
        {"teaches": [{"skill": "numpy-vectorization", "level": 2}]},
        "there is no skill “numpy-vectorization” (did you mean “numpy-vectorisation”?)",
    ),
    ({"teaches": [{"skill": "numpy-vectorisation", "level": 6}]}, "“level” can't be more than 5"),
    ({"version": "1.0"}, "“1.0” should look like 1.0.0"),
    ({"version": "1.0.1"}, "the changelog should begin with this version, 1.0.1"),
    ({"textbooks": []}, "there is no textbook “book”"),
    ({"labs": []}, "there is no lab “add-up”"),
    ({"title": {"zh": "求和入门"}}, "write it in both"),
    ({"summary": {"zh": "和" * 301, "en": "sums"}}, "has 301 letters, 300 at most"),
])
def test_faults_of_the_manifest(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    found = said(courses.write(tmp_path, **changes))
    assert line in found
    assert all(part.split(":")[1].isdigit() for part in found.splitlines())


def test_faults_say_their_line(tmp_path: Path) -> None:
    folder = courses.write(tmp_path, licens="x")
    (fault,) = faults_of(folder)
    lines = (folder / "course.yaml").read_text().splitlines()
    assert lines[fault.line - 1].startswith("licens:")
    assert fault.suggestion == "licence"


@pytest.mark.parametrize(("old", "new", "line"), [
    ("(errors)", "(erors)", "the link “erors” leads nowhere (did you mean “errors”?)"),
    ("(lab:add-up)", "(lab:add-upp)", "the link “lab:add-upp” leads nowhere (did you mean “lab:add-up”?)"),
    ("../figures/sum.svg", "../figures/sun.svg", "there is no figure “../figures/sun.svg” (did you mean “../figures/sum.svg”?)"),
    (":alt: An arrow\n", "", "a figure needs its :alt: text"),
    ("# Sums", "# Summs", "the title isn't “Sums” as in course.yaml"),
    ("```python", "```", "a code block needs its language"),
    (":::{exercise}", ":::{exercize}", "the directive “exercize” is not for units (did you mean “exercise”?)"),
    ("The order of adding.", "The <b>order</b> of adding.", "raw HTML is not allowed"),
    ("\\sum_i x_i", "\\summ_i x_i", "the formula “s = \\summ_i x_i” can't be shown"),
    ("## From a loop", "# From a loop", "there is one “# Title”"),
    (":::{solution}\n$n - 1$ of them.\n:::\n", "", "solutions: 1 in Chinese, 0 in English"),
    ("```python\ntotal = x.sum()\n```\n", "", "code blocks: 1 in Chinese, 0 in English"),
])
def test_faults_of_a_unit(tmp_path: Path, old: str, new: str, line: str) -> None:
    folder = courses.write(tmp_path)
    path = folder / "units" / "sums.en.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert line in said(folder)


def test_a_fault_of_a_unit_says_its_line(tmp_path: Path) -> None:
    folder = courses.write(tmp_path)
    path = folder / "units" / "sums.en.md"
    path.write_text(path.read_text().replace("[errors](errors)", "[errors](erors)"))
    assert "units/sums.en.md:4: the link “erors”" in said(folder)


def test_missing_and_surplus_files(tmp_path: Path) -> None:
    folder = courses.write(tmp_path)
    (folder / "units" / "errors.en.md").rename(folder / "units" / "error.en.md")
    found = said(folder)
    assert "units/errors.en.md:0: this file is missing" in found
    assert "units/error.en.md:0: this file is no part of the course: remove or rename it (did you mean “units/errors.en.md”?)" in found


@pytest.mark.parametrize(("svg", "line"), [
    ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><script>x</script></svg>", "may not have <script>"),
    ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1' onload='x()'/>", "may not have the attribute onload"),
    ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><use href='http://x/y#z'/></svg>", "may not refer to http://x/y#z"),
    ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><g fill='url(http://x/y)'/></svg>", "may not refer to http://x/y"),
    ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", "a DOCTYPE is not allowed"),
    ("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'><g></svg>", "this is not XML"),
    ("<svg xmlns='http://www.w3.org/2000/svg'/>", "needs a viewBox"),
    ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "may not have <{http://www.w3.org/1999/xhtml}html>"),
])
def test_faults_of_a_figure(tmp_path: Path, svg: str, line: str) -> None:
    found = said(courses.write(tmp_path, figures={"sum.svg": svg}))
    assert "figures/sum.svg:1:" in found
    assert line in found


def broken(change: Any) -> dict[str, Any]:
    """The sound notebook after `change` was done to its cells by name."""
    made = courses.notebook()
    change({cell["id"]: cell for cell in made["cells"]}, made)
    return made


def grading(name: str, **changes: Any) -> Any:
    return lambda cells, _: cells[name]["metadata"]["nbgrader"].update(changes)


def sourced(name: str, source: str) -> Any:
    return lambda cells, _: cells[name].update(source=source)


@pytest.mark.parametrize(("change", "line"), [
    (grading("total-tests", grade_id="why"), "grade_id why is used more than once"),
    (grading("total", points=3), "points without grade: set grade, or remove points"),
    (grading("total-tests", points=-1), "points is -1.0: it must be a number from 0 up"),
    (grading("total-tests", points=True), "points should be a number"),
    (lambda cells, _: cells["total-tests"]["metadata"]["nbgrader"].pop("points"), "a graded cell without points"),
    (grading("total-tests", locked=False), "a test cell should be locked"),
    (grading("total-tests", schema_version=2), "schema_version should be 3"),
    (grading("total-tests", grades=True), "nbgrader has no “grades”"),
    (sourced("total", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"), "nested BEGIN SOLUTION"),
    (sourced("total", "### BEGIN SOLUTION\n### END SOLUTION\n### END SOLUTION"), "END SOLUTION without its beginning"),
    (sourced("total", "pass"), "cell 3: a solution without BEGIN SOLUTION"),
    (sourced("intro-zh", "### BEGIN SOLUTION\n### END SOLUTION"), "BEGIN SOLUTION belongs in a solution cell"),
    (
        sourced("total", "### BEGIN SOLUTION\n### END SOLUTION\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS"),
        "BEGIN HIDDEN TESTS belongs in an autograded test cell",
    ),
    (lambda cells, _: cells["total"].update(outputs=[{}]), "cell 3 keeps outputs: clear them"),
    (lambda cells, _: cells["total"].update(id="Total Cell"), "cell 3 needs an id in kebab-case"),
    (lambda cells, _: cells["intro-en"]["metadata"].update(lang="zh"), "here the text should be in en"),
    (lambda _, made: made["cells"].pop(5), "here the text should be in en|the last text has no English"),
    (lambda _, made: made.update(nbformat_minor=4), "this should be nbformat 4.5"),
    (grading("total-tests", grade=False, points=0), "there is no graded cell “total-tests”"),
    (grading("total", grade=True, points=1), "the graded cell “total” has no skills in course.yaml"),
])
def test_faults_of_a_lab(tmp_path: Path, change: Any, line: str) -> None:
    found = said(courses.write(tmp_path, lab=broken(change)))
    assert any(each in found for each in line.split("|")), found


def test_a_lab_that_is_no_notebook(tmp_path: Path) -> None:
    folder = courses.write(tmp_path)
    path = folder / "labs" / "add-up" / "add-up.ipynb"
    path.write_text("{\n\n]")
    assert "add-up.ipynb:3: this is not JSON" in said(folder)
    path.write_text(json.dumps([1]))
    assert "this is no notebook" in said(folder)


def test_all_faults_at_once(tmp_path: Path) -> None:
    """One of each kind of file, found together."""
    folder = courses.write(tmp_path, licens="x", figures={"sum.svg": "<svg/>"}, lab=broken(sourced("total", "pass")))
    path = folder / "units" / "errors.zh.md"
    path.write_text(path.read_text().replace(":::{note}", ":::{raw}"))
    files = {fault.file.removeprefix(f"{folder}/") for fault in faults_of(folder)}
    assert files >= {"course.yaml", "figures/sum.svg", "labs/add-up/add-up.ipynb", "units/errors.zh.md"}


def test_heitu_check_looks_at_courses(tmp_path: Path) -> None:
    folder = courses.write(tmp_path, licens="x")
    for place in (tmp_path, folder):
        shown = CliRunner().invoke(check, [str(place), "--lang", "en"])
        assert shown.exit_code == 1
        assert "course.yaml:" in shown.output
        assert "1 course(s) checked, 1 fault(s) found." in shown.output
    courses.write(tmp_path)
    assert CliRunner().invoke(check, [str(folder)]).exit_code == 0
