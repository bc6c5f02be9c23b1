"""Courses of other formats brought in, and given out as a Common Cartridge; what comes back is what went out."""

from __future__ import annotations

import io
import json
import re
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.engines.lifecycle.faults import DefinitionError
from heitu.kinds.courses.checking import check
from heitu.kinds.courses.pack import myst
from heitu.kinds.courses.pack.reading import CourseFolder, peek, read_course
from heitu.kinds.courses.pack.rendering import render
from heitu.kinds.courses.trade import html, markup
from heitu.kinds.courses.trade.command import course as command
from heitu.kinds.courses.trade.folders import Imported, Wishes, write
from heitu.kinds.courses.trade.giving import Place, cartridge
from heitu.kinds.courses.trade.importing import found_in
from tests import cartridges, courses
from tests.cartridges import PAGE, item, manifest, packed, resource
from tests.grading.building import check as graded
from tests.grading.building import code, locked, notebook, solution, text
from tests.grading.otter_source import FUNCTIONS, SOURCE

SKILLS = Wishes({"numpy-vectorisation": 2})
SITE = "https://heitu.example"
OWN = Path(__file__).parents[3] / "packs/ascend/courses"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "skills.yaml").write_text("skills:\n  - slug: numpy-vectorisation\n")
    (tmp_path / "courses").mkdir()
    return tmp_path


def brought_in(source: Path | bytes, pack: Path, name: str = "made") -> Imported:
    """And `heitu check` has nothing against it."""
    if isinstance(source, bytes):
        (pack / "source.zip").write_bytes(source)
        source = pack / "source.zip"
    made = write(found_in(source), pack / "courses" / name, SKILLS)
    assert check(pack / "courses" / name) == (1, [])
    return made


def faults(source: Path | bytes, pack: Path) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        brought_in(source, pack)
    assert not (pack / "courses" / "made").exists()
    assert all(fault.message.zh and fault.message.en for fault in refused.value.faults)
    return [f"{fault.file.removeprefix(str(pack))}: {fault.message.en}" for fault in refused.value.faults]


def found_in_cartridge(content: bytes, pack: Path) -> dict[str, str]:
    (pack / "source.imscc").write_bytes(content)
    return {str(language): title for language, title in found_in(pack / "source.imscc").titles.items()}


def unit(made: Imported, name: str, language: str = "en") -> str:
    return made.course.files[f"units/{name}.{language}.md"].decode()


# Out and in again


def shown(files: dict[str, bytes], name: str, language: str) -> str:
    """A unit as its page, links to labs as their words."""
    drawings = {path.removeprefix("figures/"): svg.decode() for path, svg in files.items() if path.startswith("figures/")}
    made = render(files[f"units/{name}.{language}.md"].decode(), language=language, drawings=drawings, link_to=str)  # type: ignore[arg-type]
    without = re.sub(r'<a class="reference external"(?: href="https://heitu[^"]*")? rel="[^"]*">(.*?)</a>', r"\1", made.html, flags=re.S)
    return " ".join(without.split())


@pytest.mark.parametrize("source", ["small", "large-models"])
def test_a_cartridge_keeps_the_rules_and_comes_back_the_same(source: str, pack: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Titles, order and every page, in both languages; links, labs and textbooks come back as a unit of links."""
    course = read_course(courses.write(tmp_path_factory.mktemp("pack"))) if source == "small" else beginning(OWN / source)
    made = cartridge(course, Place(SITE))
    assert cartridges.breaches(made) == []
    back = brought_in(made, pack).course
    *units, links = back.manifest.units
    assert [(each.id, each.title) for each in units] == [(each.id, each.title) for each in course.manifest.units]
    assert (back.manifest.title, back.manifest.summary) == (course.manifest.title, course.manifest.summary)
    assert back.manifest.licence == course.manifest.licence
    for each in units:
        for language in ("zh", "en"):
            assert shown(dict(back.files), each.id, language) == shown(dict(course.files), each.id, language)
    said = back.files[f"units/{links.id}.en.md"].decode()
    address = f"{SITE}/courses/{course.slug}/versions/{course.manifest.version}"
    assert all(f"(<{address}/labs/{lab.id}/>)" in said for lab in course.manifest.labs)


def beginning(folder: Path) -> CourseFolder:
    """Of a course in full, the first two units: enough of its formulas, tables and figures."""
    course = peek(folder)
    assert course is not None
    units = tuple(unit.model_copy(update={"labs": ()}) for unit in course.manifest.units[:2])
    return replace(course, manifest=course.manifest.model_copy(update={"units": units}))


def test_a_cartridge_has_students_notebooks_only_and_is_the_same_every_time(tmp_path: Path) -> None:
    course = read_course(courses.write(tmp_path))
    made = cartridge(course, Place())
    assert made == cartridge(course, Place())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        lab = archive.read("labs/add-up.ipynb").decode()
        assert not [name for name in archive.namelist() if name.startswith("links/")]
    assert "YOUR CODE HERE" in lab
    assert "return sum(x)" not in lab
    assert "total([])" not in lab


def test_of_a_class_labs_lead_to_the_class(tmp_path: Path) -> None:
    made = cartridge(read_course(courses.write(tmp_path)), Place(SITE, 7))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert f'href="{SITE}/classes/7/labs/add-up/"' in archive.read("links/lab-add-up.xml").decode()
    assert cartridges.breaches(made) == []


# HTML

WORDS = st.text(alphabet="ab 中文`*_[]<>$&{}|\\#-+:%=.1()!~\"'", max_size=25)


@settings(max_examples=60, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_whatever_words_a_page_has_they_stay_words(paragraphs: list[str]) -> None:
    """No markup comes into being, and none of them is lost."""
    from html import escape

    body = html.read("".join(f"<p>{escape(each)}</p>" for each in paragraphs)).body
    tools = markup.Tools(link=lambda href: href, figure=lambda source: None, leave_out=lambda zh, en: None)
    document = myst.parse("# T\n\n" + markup.myst(body, tools))
    assert document.said == []
    said = [each.astext() for each in document.tree.findall() if each.tagname == "paragraph"]
    assert [" ".join(each.split()) for each in said] == [" ".join(each.split()) for each in paragraphs if each.strip()]


def converted(source: str, title: str = "") -> str:
    tools = markup.Tools(
        link=lambda href: href if "gone" not in href else None, figure=lambda source: "a.svg" if source == "a.svg" else None,
        leave_out=lambda zh, en: None,
    )
    return markup.myst(html.read(source).body, tools, title=title)


@pytest.mark.parametrize(("source", "wanted"), [
    ("<h1>Title</h1><h3>A</h3><p>x</p><h4>B</h4>", "## A\n\nx\n\n### B"),
    ("<p>a <b>b</b> <i>c</i> <code>d`e</code></p>", "a **b** *c* ``d`e``"),
    ("<p><strong>注意：</strong>后面</p>", "**注意**：后面"),
    ("<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>", "- a\n\n  - b\n- c\n\n  d"),
    ("<ol start=3><li>a</li><li>b</li></ol>", "3. a\n4. b"),
    ("<table><tr><th>a</th><th>b</th></tr><tr><td colspan=2>1|2</td></tr></table>", "| a | b |\n| --- | --- |\n| 1\\|2 |  |"),
    ("<pre><code class='language-python'>x = '```'\n</code></pre>", "````python\nx = '```'\n````"),
    ("<p>so \\(x_1 < 2\\) and \\[y\\] z</p>", "so $x_1 < 2$ and\n\n$$\ny\n$$\n\nz"),
    ("<p><img class='equation_image' data-equation-content='x^2' src='/eq'></p>", "$x^2$"),
    ("<figure><img src='a.svg' alt='A'><figcaption>C</figcaption></figure>", ":::{figure} ../figures/a.svg\n:alt: A\nC\n:::"),
    ("<div class='alert alert-warning'>Mind</div>", ":::{warning}\nMind\n:::"),
    ("<p><a href='gone.html'>w</a> <a href='https://e.x/a(b)'>v</a></p>", "w [v](<https://e.x/a(b)>)"),
    ("<script>alert(1)</script><p onclick='x()'>a</p><style>b</style>", "a"),
    ("<p>H<sub>2</sub>O<br>- no list</p>", "H₂O\n\\- no list"),
])
def test_html_becomes_myst(source: str, wanted: str) -> None:
    assert converted(source, "Title").strip() == wanted


# Common Cartridge of others


def others(**changes: str | bytes) -> bytes:
    """As a platform writes it: two modules, a quiz, a picture, a link between pages, an address outside."""
    items = item("a", "Start", inside=item("a1", "Hello", "p1") + item("a2", "Look here", "w1")) + item(
        "b", "Then", inside=item("b1", "More &amp; more", "p2") + item("b2", "Quiz", "q1") + item("b3", "Slides", "f1"))
    resources = (
        resource("p1", "web_resources/hello.html") + resource("p2", "web_resources/more.html") + resource("f1", "web_resources/s.pdf")
        + resource("w1", "w1.xml", "imswl_xmlv1p1") + resource("q1", "q1/quiz.xml", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment")
    )
    hello = "<h1>Hello</h1><p>See <a href='$IMS-CC-FILEBASE$/more.html'>more</a>.</p><p><img src='$IMS-CC-FILEBASE$/a.svg'></p>"
    return packed({
        "imsmanifest.xml": manifest(items, resources),
        "web_resources/hello.html": PAGE.format(language="en", title="x", body=hello),
        "web_resources/more.html": PAGE.format(language="en", title="x", body="<p>More.</p><iframe src='x'></iframe><img src='p.png'>"),
        "web_resources/a.svg": courses.FIGURE, "web_resources/p.png": b"\x89PNG", "web_resources/s.pdf": b"%PDF",
        "w1.xml": '<webLink xmlns="x"><title>t</title><url href="https://example.org/"/></webLink>', "q1/quiz.xml": "<questestinterop/>",
        **changes,
    })


def test_a_cartridge_of_another_platform_becomes_units(pack: Path) -> None:
    made = brought_in(others(), pack)
    assert [(each.id, each.title.en) for each in made.course.manifest.units] == [("hello", "Hello"), ("more", "More & more")]
    assert unit(made, "hello") == (
        "# Hello\n\nSee [more](more).\n\n:::{figure} ../figures/a.svg\n:alt: a\n:::\n\n- [Look here](<https://example.org/>)\n"
    )
    assert "还没有译成中文" in unit(made, "hello", "zh")
    assert {each.place for each in made.found.left_out} == {"web_resources/more.html", "q1/quiz.xml", "web_resources/s.pdf"}
    assert len(made.found.left_out) == 4  # an iframe, a PNG, a quiz, a PDF


@pytest.mark.parametrize("minor", [0, 1, 2, 3])
def test_every_edition_of_the_format_is_read(minor: int, pack: Path) -> None:
    text = manifest(item("a", "Only", "p"), resource("p", "p.html"), minor=minor, title="Kurs")
    made = brought_in(packed({"imsmanifest.xml": text, "p.html": "<p>Words</p>"}), pack)
    assert made.course.manifest.title.en == "Kurs"
    assert unit(made, "p") == "# Only\n\nWords\n"


def test_pages_of_canvas_link_by_their_names_and_one_in_no_module_is_told(pack: Path) -> None:
    resources = "".join(resource(name, f"wiki_content/{name}.html") for name in ("one", "two", "lost"))
    pages = {f"wiki_content/{name}.html": "<p>words</p>" for name in ("two", "lost")}
    link = "<p><a href='$WIKI_REFERENCE$/pages/two?x=1#y'>on</a> <a href='$CANVAS_OBJECT_REFERENCE$/pages/lost'>no</a></p>"
    text = manifest(item("m", "M", inside=item("a", "One", "one") + item("b", "Two", "two")), resources)
    made = brought_in(packed({"imsmanifest.xml": text, "wiki_content/one.html": link, **pages}), pack)
    assert unit(made, "one") == "# One\n\n[on](two) no\n"
    assert [each.place for each in made.found.left_out] == ["wiki_content/one.html", "wiki_content/lost.html"]


def test_a_page_listed_twice_is_one_unit_and_unknown_kinds_need_no_file(pack: Path) -> None:
    """As Canvas lists a page in two modules, and as exporters invent types."""
    items = item("a", "Once", "p") + item("b", "Again", "p") + item("c", "Odd", "x") + item("d", "Quiz", "q")
    resources = (
        resource("p", "p.html") + '<resource identifier="x" type="imsodd_xmlv1p9"/>'
        + '<resource identifier="q" type="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"><file href="gone.xml"/></resource>'
    )
    made = brought_in(packed({"imsmanifest.xml": manifest(items, resources), "p.html": "<p>Words</p>"}), pack)
    assert [each.title.en for each in made.course.manifest.units] == ["Once"]
    assert [each.place for each in made.found.left_out] == ["p.html", "x", "gone.xml"]


def test_titles_may_say_their_language_as_xml_does(pack: Path) -> None:
    text = manifest(item("a", "Only", "p"), resource("p", "p.html")).replace("<l:string>", '<l:string xml:lang="zh-CN">')
    found = found_in_cartridge(packed({"imsmanifest.xml": text, "p.html": "<p>Words</p>"}), pack)
    assert found == {"zh": "A course"}


def test_every_fault_of_a_cartridge_is_told_at_once(pack: Path) -> None:
    items = item("a", "Gone", "nowhere") + item("b", "No file", "p1") + item("c", "Odd", "p2") + item("d", "Link", "w")
    resources = resource("p1", "missing.html") + resource("p2", "odd.html") + resource("w", "w.xml", "imswl_xmlv1p2")
    text = manifest(items, resources).replace("1.1.0", "2.0")
    files = {"imsmanifest.xml": text, "odd.html": b"\xff\xfe\xff", "w.xml": "<webLink>"}
    assert len(faults(packed(files), pack)) == 5


@pytest.mark.parametrize("text", [
    "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><manifest>&a;</manifest>", "<manifest>", "<manifest/>", "not xml",
    manifest("<item identifier='x'>" * 40 + "</item>" * 40, ""),
])
def test_a_bad_manifest_is_refused(text: str, pack: Path) -> None:
    assert faults(packed({"imsmanifest.xml": text}), pack)


# What strangers pack


def linked() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        link = zipfile.ZipInfo("a.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


@pytest.mark.parametrize(("content", "why"), [
    (packed({"../up.md": "x"}), "leaves the folder"), (packed({"/etc/x.md": "x"}), "leaves the folder"),
    (packed({"a\\..\\b.md": "x"}), "leaves the folder"), (packed({"bomb.md": b"0" * (1 << 24)}), "compressed too well"),
    (linked(), "not a plain file"), (b"PK\x03\x04 and no more", "can't be read"), (b"words", "of no known format"),
    (packed({f"{n}.md": "" for n in range(5001)}), "more than 5000 files"), (packed({"a.txt": "x"}), "of no known format"),
])
def test_archives_that_do_harm_are_refused_before_they_are_unpacked(content: bytes, why: str, pack: Path) -> None:
    (fault,) = faults(content, pack)
    assert why in fault


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(("files", "why"), [
    ({"_config.yml": f"{BOMB}author: *i\n", "a.md": "x"}, "aliases are not allowed"),
    ({"_config.yml": "title: 2026-13-45\n", "a.md": "x"}, "month must be in 1..12"),
    ({"myst.yml": "[" * 5000, "a.md": "x"}, "this is not sound YAML"),
    ({"a.md": "<div>" * 5000 + "x"}, "nested too deeply"),
    ({"a.ipynb": "[" * 60_000}, "of no known format"),
])
def test_what_grows_or_nests_without_end_is_refused(files: dict[str, str], why: str, pack: Path) -> None:
    found = faults(packed({**files, "_toc.yml": "root: a"} if "a.md" in files else files), pack)
    assert why in found[0]


# MyST and Jupyter Books

BOOK = {
    "_toc.yml": "format: jb-book\nroot: intro\nparts:\n- chapters:\n  - file: one\n"
                "    sections: [{file: sub/two.zh}, {file: sub/two.en}]\n  - file: run\n",
    "_config.yml": "title: A book\nauthor: A. Uthor\n",
    "intro.md": "---\ntitle: Numbers\n---\n(top)=\n# Introduction\n\n"
                "See {doc}`one`, [](sub/two.en.md#x), `{x}`, $x_1$, {math}`y^2`, {kbd}`Esc`.\n\n"
                "```{admonition} Mind\n:class: tip\nInside **bold**.\n```\n\n![alt text](figs/a.svg)\n\n% comment\n",
    "one.md": "One\n===\n\n## A\n\n# Second top\n\n$$\nx\n$$ (eq:1)\n\n:::{exercise} Do\nit\n:::\n\n:::{solution} lab\nyes\n:::\n\n"
              "<div><p>Hi <b>you</b></p></div>\n\n```{mermaid}\ngraph\n```\n\n```\nplain\n```\n",
    "sub/two.zh.md": "# 二\n\n文字。\n", "sub/two.en.md": "# Two\n\nwords.\n", "figs/a.svg": courses.FIGURE,
    "run.ipynb": json.dumps({"cells": [
        {"cell_type": "markdown", "source": ["# Run\n", "\n", "text"]}, {"cell_type": "code", "source": "1 + 1", "outputs": [{}]},
    ]}),
}


def test_a_book_becomes_units(pack: Path) -> None:
    made = brought_in(packed(BOOK), pack)
    assert [(each.id, each.title.zh, each.title.en) for each in made.course.manifest.units] == [
        ("intro", "Numbers", "Numbers"), ("one", "One", "One"), ("two", "二", "Two"), ("run", "Run", "Run"),
    ]
    assert (made.course.manifest.title.en, made.course.manifest.authors[0].en) == ("A book", "A. Uthor")
    assert unit(made, "intro") == (
        "# Numbers\n\nSee [One](one), [Two](two), `{x}`, $x_1$, $y^2$, `Esc`.\n\n:::{note}\n**Mind**\n\nInside **bold**.\n:::\n\n"
        ":::{figure} ../figures/a.svg\n:alt: alt text\n:::\n"
    )
    assert unit(made, "one") == (
        "# One\n\n### A\n\n## Second top\n\n$$\nx\n$$\n\n:::{exercise} Do\nit\n:::\n\n:::{solution}\nyes\n:::\n\n"
        "Hi **you**\n\n```text\nplain\n```\n"
    )
    assert unit(made, "two", "zh") == "# 二\n\n文字。\n"
    assert unit(made, "run") == "# Run\n\ntext\n\n```python\n1 + 1\n```\n"
    assert [(each.place, each.why.en) for each in made.found.left_out] == [
        ("one.md:22", "the directive “mermaid” has no counterpart"), ("run.ipynb", "outputs of the notebook"),
    ]


def test_the_newer_toc_is_read_and_what_it_lists_has_to_be_there(pack: Path) -> None:
    inside = "children:\n    - file: b.md\n    - pattern: c*.md\n"
    toc = f"project:\n  title: 数\n  license: CC-BY-4.0\n  toc:\n  - file: a.md\n  - title: Part\n    {inside}"
    files = {"myst.yml": toc, "a.md": "# 甲\n\n字。\n", "c1.md": "# C\n\nw\n"}
    assert faults(packed(files), pack) == ["myst.yml: “b.md” in the contents is no .md or .ipynb here"]
    made = brought_in(packed({**files, "b.md": "no title\n"}), pack)
    assert [each.title.zh for each in made.course.manifest.units] == ["甲", "b", "C"]
    assert made.course.manifest.licence == "CC-BY-4.0"


def test_what_the_check_finds_is_told_of_the_source(pack: Path) -> None:
    (fault,) = [each for each in faults(packed({"a.md": "# A\n\n$\\nonsense{x}$\n"}), pack) if "zh" not in each]
    assert fault.startswith("a.md: ")


# Notebooks


def test_an_nbgrader_source_becomes_a_lab(pack: Path) -> None:
    source = notebook([
        text("# Squares\n\nDo it."), code("import numpy as np"), solution("one", "def f(x):\n    return x"),
        graded("test one", "assert f(1) == 1", 2), text("Why?", grade_id="why", grade=True, solution=True, points=1),
        locked("given", "LIMIT = 3"), text("Draw.", grade_id="task", task=True, points=1),
    ]).replace(b"test one", b"test_one")
    made = brought_in(packed({"ps1/Work 1.ipynb": source, "ps1/data.csv": "1"}), pack)
    (lab,) = made.course.manifest.labs
    assert (lab.id, lab.title.en, list(lab.skills)) == ("work-1", "Squares", ["test_one", "why", "task"])
    assert made.course.manifest.unit_of_lab("work-1") is not None
    assert [each.place for each in made.found.left_out] == ["data.csv"]


def test_the_faults_of_every_notebook_are_told_with_their_cells(pack: Path) -> None:
    bad = notebook([graded("a", "pass"), graded("a", "pass")])
    assert faults(packed({"a.ipynb": bad, "b.ipynb": "{"}), pack)[0].startswith("a.ipynb: cell 1: ")


def test_the_source_of_otter_assign_becomes_a_lab_that_its_own_solution_passes(pack: Path, tmp_path: Path) -> None:
    from heitu.engines.grading import Limits, Nursery, Submitted, grade, open_assignment

    for name, cells in (("work", SOURCE), ("functions", FUNCTIONS)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.ipynb").write_bytes(notebook(cells))
        (folder / "data.txt").write_text("a b")
        made = brought_in(folder, pack, name)
        by = open_assignment(pack / "courses" / name / "labs" / name / f"{name}.ipynb")
        by.files["data.txt"] = b"a b"
        with Nursery("notebook") as desks:
            source = made.course.files[f"labs/{name}/{name}.ipynb"]
            (graded,) = grade(by, [Submitted("a", {"a.ipynb": source})], nursery=desks, limits=Limits(seconds=5))
        points = {each.id: float(each.maximum) for each in graded.questions}
        by_hand = {each.id for each in graded.questions if each.earned is None}
        if name == "work":
            assert points == {"q1-1": 1.5, "q1-2": 1.5, "q2-1": 0, "q2-2": 2, "q3": 4, "q4-1": 2, "q4-2": 2, "q5-answer": 2, "q6": 1}
        assert by_hand == ({"q5-answer"} if name == "work" else set())
        assert all(each.earned == each.maximum for each in graded.questions if each.earned is not None)


def test_the_solved_notebook_of_an_autograder_becomes_a_lab(pack: Path) -> None:
    """Its tests are read as data, from the notebook or from beside it; nothing in them is run."""
    raises = {"code": ">>> f(0)\nTraceback (most recent call last):\n...\nValueError: zero", "hidden": True}
    kept = {"name": "q1", "points": [1, 2], "suites": [{"cases": [{"code": ">>> f(2)\n4", "hidden": False}, raises]}]}
    shows = {"name": "q2", "points": None, "suites": [{"cases": [{"code": ">>> y = f(1)\n>>> print(y)\n1"}]}]}
    cells = [
        code("import otter\ngrader = otter.Notebook()"), text("# Squares"),
        {**code("def f(x):\n    return x * x # SOLUTION"), "metadata": {"tags": ["otter_assign_solution_cell"]}},
        code('grader.check("q1")'), code('grader.check("q2")'),
    ]
    files = {"lab.ipynb": notebook(cells, otter={"tests": {"q1": kept}}), "otter_config.json": "{}"}
    run = packed({**files, "tests/q2.py": "import os\nOK_FORMAT = True\ntest = dict(name='q2')"})
    assert "is no data" in faults(run, pack)[0]
    made = brought_in(packed({**files, "tests/q2.py": f"OK_FORMAT = True\ntest = {shows!r}"}), pack)
    said = {cell["id"]: "".join(cell["source"]) for cell in made.found.labs[0].notebook["cells"] if cell["cell_type"] == "code"}
    assert list(said.values()) == [
        "def f(x):\n    ### BEGIN SOLUTION\n    return x * x\n    ### END SOLUTION", "assert repr(f(2)) == '4'",
        "### BEGIN HIDDEN TESTS\ntry:\n    f(0)\nexcept Exception as error:\n    assert type(error).__name__ == 'ValueError'\n"
        "    assert str(error) == 'zero'\nelse:\n    raise AssertionError('nothing was raised')\n### END HIDDEN TESTS",
        "### BEGIN HIDDEN TESTS\ny = f(1)\nassert str(y) == '1'\n### END HIDDEN TESTS",
    ]
    assert [(each.id, list(each.skills)) for each in made.course.manifest.labs] == [("lab", ["q1-1", "q1-2", "q2"])]


def test_an_autograder_without_a_notebook_says_what_it_lacks(pack: Path) -> None:
    (fault,) = faults(packed({"otter_config.json": "{}", "tests/q1.py": "OK_FORMAT = True\ntest = {}"}), pack)
    assert "import the source notebook" in fault


# The command


def test_the_command_writes_nothing_with_a_fault_and_reports_what_it_wrote(pack: Path) -> None:
    (pack / "book.zip").write_bytes(packed(BOOK))
    asked = ["--lang", "en", "--skill", "numpi-vectorisation"]
    run = CliRunner().invoke(command, ["import", str(pack / "book.zip"), str(pack / "courses" / "Bad name"), *asked])
    assert run.exit_code == 1
    assert "small letters" in run.output
    assert "did you mean “numpy-vectorisation”" in run.output
    target = pack / "courses" / "numbers"
    arguments = ["import", str(pack / "book.zip"), str(target), "--lang", "en", "--skill", "numpy-vectorisation:2"]
    run = CliRunner().invoke(command, arguments)
    assert (run.exit_code, "4 unit(s)" in run.output, "translate units/one.zh.md" in run.output) == (0, True, True)
    assert "it is there already" in CliRunner().invoke(command, arguments).output
    run = CliRunner().invoke(command, ["export", str(target), str(pack / "out.imscc"), "--site", SITE])
    assert run.exit_code == 0
    assert cartridges.breaches((pack / "out.imscc").read_bytes()) == []
