"""What the documentation says is tried: its commands are run, its definitions read, its links followed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
import yaml

from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.task import Model, Operator
from heitu.engines.lifecycle import packs
from heitu.engines.lifecycle.loading import read_programme
from heitu.site.command import main
from tests.judge.conftest import nursery

__all__ = ["nursery"]  # skips what judges where this machine has no sandbox

ROOT = Path(__file__).parents[2]
HEITU = str(Path(sys.executable).with_name("heitu"))
PLACES = ("*.md", "docs/**/*.md", "src/**/*.md", "packs/**/*.md", "bench/**/*.md", "tests/**/*.md")
# Units of courses link to one another by their own ids, which `heitu check` follows.
PAGES = sorted({page for place in PLACES for page in ROOT.glob(place) if "units" not in page.parts})
FENCE = re.compile(r"^```(?P<language>\w*)(?P<marks>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.M)
# In README and other pages outside docs/ commands are shown, not run: some of them take minutes.
RUN_UNDER = ROOT / "docs"


@dataclass(frozen=True)
class Block:
    """A fenced piece of a page; `marks` is what follows its language."""

    page: Path
    line: int
    language: str
    marks: str
    body: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[list[str]]:
        """The arguments of each `heitu` command in it, without comments."""
        words = [shlex.split(line, comments=True) for line in self.body.splitlines() if _is_heitu(line)]
        return [line[line.index("heitu") + 1 :] if "heitu" in line else line[1:] for line in words]


def _is_heitu(line: str) -> bool:
    return re.match(r"(\./dev heitu|heitu|\.venv/bin/heitu) ", line) is not None


def _blocks(language: str) -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found["language"] == language:
                line = text[: found.start()].count("\n") + 1
                yield Block(page, line, language, found["marks"].strip(), found["body"])


SHELL = list(_blocks("sh"))
RUN = [block for block in SHELL if block.page.is_relative_to(RUN_UNDER) and block.marks != "no-test"]
YAML = list(_blocks("yaml"))


@pytest.mark.parametrize("block", RUN, ids=str)
def test_shell_block_runs(block: Block, request: pytest.FixtureRequest) -> None:
    assert block.marks == ""
    assert all(_is_heitu(line) for line in block.body.splitlines()), "mark what isn't `./dev heitu` with no-test"
    for arguments in block.commands:
        if arguments[0] == "judge":
            request.getfixturevalue("nursery")
        done = subprocess.run([HEITU, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("block", [block for block in SHELL if block.commands], ids=str)
def test_shown_command_exists_with_its_options(block: Block) -> None:
    """Of every block, run or not: the subcommand is there, and knows each option."""
    context = click.Context(main)
    for name, *arguments in block.commands:
        command = main.get_command(context, name)
        assert command is not None, f"there is no `heitu {name}`"
        with click.Context(command, info_name=name) as inner:
            command.make_parser(inner).parse_args(arguments)


@pytest.mark.parametrize("block", YAML, ids=str)
def test_yaml_block_is_sound(block: Block, tmp_path: Path) -> None:
    """A whole programme reads and has no fault; a whole task.yaml is as the judge wants it; the rest is YAML."""
    data = yaml.safe_load(block.body)
    if "programme" in data:
        path = tmp_path / f"{data['programme']}.yaml"
        path.write_text(block.body, encoding="utf-8")
        assert read_programme(path).programme == data["programme"]
        assert [str(fault) for fault in packs.check_file(path)] == []
    elif data.get("kind") == "design":
        Design.model_validate(data)
    elif "entry" in data:
        (Model if data["kind"] == "model" else Operator).model_validate(data)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [found["target"] for found in LINK.finditer(text)]
    dead = [target for target in targets if "://" not in target and not _leads_somewhere(page, target)]
    assert dead == []


def _leads_somewhere(page: Path, target: str) -> bool:
    """A file or folder beside the page, and where an anchor is named, a heading of that page."""
    name, _, anchor = target.partition("#")
    place = (page.parent / name).resolve() if name else page
    if not place.exists():
        return False
    return not anchor or anchor in _anchors(place)


def _anchors(page: Path) -> set[str]:
    """Headings as GitHub links to them: lower case, spaces to hyphens, punctuation gone."""
    headings = HEADING.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
