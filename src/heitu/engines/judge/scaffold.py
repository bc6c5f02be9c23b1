"""A new task folder that passes vetting as it is, with comments that say what to change."""

from __future__ import annotations

import json
import keyword
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from heitu.engines.sandbox.errors import BrokenCall

BLANKS = Path(__file__).parent / "blanks"
KINDS = ("operator", "model", "design")
MOST_LETTERS = {"slug": 60, "title": 100}
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_BLANK = re.compile(r"\{\{(\w+)\}\}")
# What the blanks themselves use, and so can't be the name of an operator's function.
_TAKEN = {"np", "enumerate"}
_UNTITLED = {
    "operator": ("新算子", "New operator"), "model": ("新模型任务", "New model task"), "design": ("新参考设计", "New reference design"),
}


@dataclass(frozen=True)
class Plan:
    """What to write: into the folder `tasks`, a task named `slug`; empty titles get one by kind and slug."""

    tasks: Path
    slug: str
    kind: str = "operator"
    title_zh: str = ""
    title_en: str = ""

    @property
    def folder(self) -> Path:
        """The task's own folder."""
        return self.tasks / self.slug

    @property
    def entry(self) -> str:
        """The function that submissions to an operator define."""
        return self.slug.replace("-", "_")

    @property
    def words(self) -> dict[str, str]:
        """What stands in the blanks, by name; titles quoted for YAML and plain for headings."""
        zh, en = (f"{name} {self.slug}" for name in _UNTITLED[self.kind])
        zh, en = self.title_zh or zh, self.title_en or en
        return {
            "entry": self.entry, "heading_zh": zh, "heading_en": en,
            "title_zh": json.dumps(zh, ensure_ascii=False), "title_en": json.dumps(en, ensure_ascii=False),
        }


def write(plan: Plan) -> list[Path]:
    """Write the folder; the files written.

    Raises BrokenCall where a name won't do, something is there already, or the folder can't be written.
    """
    _check(plan)
    blanks = BLANKS / plan.kind
    try:
        return [_write(blank, plan.folder / blank.relative_to(blanks), plan) for blank in sorted(blanks.rglob("*.in"))]
    except OSError as error:
        shutil.rmtree(plan.folder, ignore_errors=True)  # nothing was in it
        raise BrokenCall("folder", f"无法写入：{error}", f"can't be written: {error}") from error


def _write(blank: Path, place: Path, plan: Plan) -> Path:
    path = place.with_suffix("")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_filled(blank.read_text(encoding="utf-8"), plan.words), encoding="utf-8")
    return path


def _filled(text: str, words: dict[str, str]) -> str:
    return _BLANK.sub(lambda found: words[found[1]], text)


def _check(plan: Plan) -> None:
    if plan.kind not in KINDS:
        known = "、".join(KINDS), ", ".join(KINDS)
        raise BrokenCall("kind", f"kind 须为 {known[0]} 之一", f"kind must be one of {known[1]}")
    _check_slug(plan)
    _check_title("title-zh", plan.title_zh)
    _check_title("title-en", plan.title_en)
    _check_free(plan.folder)


def _check_slug(plan: Plan) -> None:
    most = MOST_LETTERS["slug"]
    if not _SLUG.fullmatch(plan.slug) or len(plan.slug) > most:
        raise BrokenCall(
            "slug",
            f"任务名“{plan.slug}”不可用：以小写字母开头，只用小写字母、数字与单个连字符，至多 {most} 个字符，如 scaled-add",
            f"{plan.slug!r} can't name a task: start with a small letter, use small letters, digits and single hyphens, "
            f"{most} characters at most, as in scaled-add",
        )
    if keyword.iskeyword(plan.entry) or plan.entry in _TAKEN:
        raise BrokenCall(
            "slug", f"任务名“{plan.slug}”不能作函数名，请换一个，如 {plan.slug}-rows",
            f"{plan.slug!r} can't name a function; take another, such as {plan.slug}-rows",
        )


def _check_title(name: str, title: str) -> None:
    most = MOST_LETTERS["title"]
    if len(title) > most or not title.isprintable():
        raise BrokenCall(
            name, f"{name}：至多 {most} 个字符，不含换行与控制字符",
            f"{name}: {most} characters at most, without line breaks or control characters",
        )


def _check_free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise BrokenCall("folder_taken", f"{folder} 已是一个文件", f"{folder} is a file already")
    if folder.is_dir() and any(folder.iterdir()):
        raise BrokenCall(
            "folder_taken", f"{folder} 已有内容，请换一个文件夹", f"{folder} isn't empty; choose another folder"
        )
