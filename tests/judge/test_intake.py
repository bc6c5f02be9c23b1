"""What is taken in and what is refused, by which rule, before a byte is unpacked."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from heitu.engines.judge import BrokenCall
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.submission import RULES, Submission, take_in, toolchain_of
from heitu.engines.judge.task import read_task

from .archives import WORK, Entries, archive, zip_bomb, zip_lies, zip_symlink
from .conftest import TASKS

SPEC = read_task(TASKS / "squash").spec

def rule(path: Path) -> str:
    with pytest.raises(Refusal) as caught:
        take_in(path, SPEC)
    assert caught.value.zh
    assert caught.value.en
    return caught.value.rule


def test_a_file_of_any_name(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(WORK)
    taken = take_in(tmp_path / "mine.py", SPEC)
    assert (taken.file, taken.language, set(taken.files)) == ("submission.py", "numpy", {"submission.py"})


def test_folder_and_zip_are_the_same_submission(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "parts").mkdir(parents=True)
    (folder / "submission.py").write_text(WORK)
    (folder / "parts" / "more.py").write_text("")
    files: Entries = {"submission.py": WORK, "parts/more.py": ""}
    wrapped: Entries = {f"mine/{name}": content for name, content in files.items()}
    found: list[Submission] = [
        take_in(folder, SPEC),
        take_in(archive(tmp_path / "a.zip", files), SPEC),
        take_in(archive(tmp_path / "b.zip", wrapped), SPEC),
    ]
    assert len({taken.digest for taken in found}) == 1


def test_caches_of_the_interpreter_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"\0")
    (tmp_path / "submission.py").write_text(WORK)
    assert set(take_in(tmp_path, SPEC).files) == {"submission.py"}


def test_what_file_managers_add_is_left_out_of_archives(tmp_path: Path) -> None:
    added: Entries = {"__MACOSX/mine/._submission.py": "x", "mine/.DS_Store": "x", "mine/__pycache__/a.cpython-311.pyc": "x"}
    path = archive(tmp_path / "x.zip", {"mine/submission.py": WORK, **added})
    assert set(take_in(path, SPEC).files) == {"submission.py"}


@pytest.mark.parametrize("folder", ["", "mine/"])
def test_the_toolchain_is_told_by_the_entry_file_in_a_folder_as_well(tmp_path: Path, folder: str) -> None:
    path = archive(tmp_path / "x.zip", {f"{folder}submission_torch.py": WORK, f"{folder}helpers.py": ""})
    with path.open("rb") as source:
        assert toolchain_of("x.zip", source) == "torch"
    assert take_in(path, SPEC).language == "torch"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["submission.py", "submission.cpp"], "submission.py, submission.cpp"), (["main.py", "notes.md"], "main.py, notes.md"),
        (["a/b/submission.py", "a/other.py"], "b/submission.py, other.py"),
    ],
)
def test_a_missing_entry_file_is_told_with_what_there_is(tmp_path: Path, names: list[str], found: str) -> None:
    with pytest.raises(Refusal, match=f"at the top; there is {found}$") as caught:
        take_in(archive(tmp_path / "x.zip", dict.fromkeys(names, WORK)), SPEC)
    assert caught.value.rule == "entry_file"


def test_nothing_there_is_the_callers_fault(tmp_path: Path) -> None:
    with pytest.raises(BrokenCall):
        take_in(tmp_path / "none.py", SPEC)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../submission.py", "path_climbs"),
        ("a/../../b.py", "path_climbs"),
        ("/etc/cron.d/x.py", "path_climbs"),
        ("a\\..\\b.py", "path_climbs"),
        (".hidden.py", "file_name"),
        ("a/b/c/d/e.py", "file_name"),
        ("line\nbreak.py", "file_name"),
        ("evil.so", "file_type"),
        ("evil.pth", "file_type"),
        ("sitecustomize.py", "shadowed_module"),
        ("numpy.py", "shadowed_module"),
        ("numpy/__init__.py", "shadowed_module"),
        ("submission.py/more.py", "file_name"),
    ],
)
def test_names(tmp_path: Path, name: str, expected: str) -> None:
    assert rule(archive(tmp_path / "x.zip", {"submission.py": WORK, name: ""})) == expected


def test_links_and_pipes(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "submission.py").symlink_to("/etc/passwd")
    assert rule(folder) == "not_a_plain_file"
    (folder / "submission.py").unlink()
    os.mkfifo(folder / "submission.py")
    assert rule(folder) == "not_a_plain_file"
    (tmp_path / "away").symlink_to(folder)
    assert rule(tmp_path / "away") == "not_a_plain_file"


def test_a_folder_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "submission.py").write_text(WORK)
    (tmp_path / "etc").symlink_to("/etc")
    assert rule(tmp_path) == "not_a_plain_file"


def test_a_link_inside_an_archive(tmp_path: Path) -> None:
    assert rule(zip_symlink(tmp_path)) == "not_a_plain_file"


def test_a_bomb_is_known_by_its_directory(tmp_path: Path) -> None:
    assert rule(zip_bomb(tmp_path)) == "zip_bomb"


def test_a_directory_that_lies_about_sizes(tmp_path: Path) -> None:
    assert rule(zip_lies(tmp_path)) in ("zip_bomb", "archive")


def test_too_much(tmp_path: Path) -> None:
    many: Entries = {f"f{n}.py": "" for n in range(RULES["operator"].files)}
    assert rule(archive(tmp_path / "many.zip", {"submission.py": WORK, **many})) == "too_many_files"
    (tmp_path / "large.py").write_bytes(b"#" * (RULES["operator"].size + 1))
    assert rule(tmp_path / "large.py") == "too_large"
    noise: Entries = {f"n{n}.txt": os.urandom(1 << 20) for n in range(5)}
    assert rule(archive(tmp_path / "large.zip", {"submission.py": WORK, **noise})) == "too_large"


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\3\4 not really")
    assert rule(tmp_path / "x.zip") == "archive"
    (tmp_path / "x.exe").write_bytes(b"MZ")
    assert rule(tmp_path / "x.exe") == "file_type"


def encrypted(path: Path) -> Path:
    """As a zip tool with a password marks it: bit 0 of the flags, in the entry and in the directory."""
    content = bytearray(archive(path, {"submission.py": WORK}).read_bytes())
    for marker, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.index(marker) + place] |= 1
    path.write_bytes(bytes(content))
    return path


def test_encrypted_and_truncated_archives(tmp_path: Path) -> None:
    assert rule(encrypted(tmp_path / "x.zip")) == "archive"
    whole = archive(tmp_path / "y.zip", {"submission.py": os.urandom(5000)}).read_bytes()
    for kept in (len(whole) // 2, len(whole) - 10, 30):
        (tmp_path / "z.zip").write_bytes(whole[:kept])
        assert rule(tmp_path / "z.zip") == "archive", kept
    spoilt = bytearray(archive(tmp_path / "q.zip", {"submission.py": WORK * 90}).read_bytes())
    spoilt[60:90] = bytes(30)
    (tmp_path / "q.zip").write_bytes(bytes(spoilt))
    assert rule(tmp_path / "q.zip") == "archive"


def test_endings_in_capitals(tmp_path: Path) -> None:
    (tmp_path / "MINE.PY").write_text(WORK)
    assert take_in(tmp_path / "MINE.PY", SPEC).file == "submission.py"
    assert take_in(archive(tmp_path / "X.ZIP", {"submission.py": WORK}), SPEC).language == "numpy"


def test_two_entries_of_one_name(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("submission.py", WORK)
        with pytest.warns(UserWarning, match="Duplicate name"):
            target.writestr("submission.py", WORK * 2)
    (tmp_path / "x.zip").write_bytes(buffer.getvalue())
    assert rule(tmp_path / "x.zip") == "archive"


def test_exactly_one_entry_file(tmp_path: Path) -> None:
    assert rule(archive(tmp_path / "a.zip", {"other.py": WORK})) == "entry_file"
    assert rule(archive(tmp_path / "b.zip", {"submission.py": WORK, "submission.cpp": ""})) == "entry_file"


def test_a_language_that_the_task_does_not_take(tmp_path: Path) -> None:
    (tmp_path / "mine.cpp").write_text("")
    with pytest.raises(Refusal) as caught:
        take_in(tmp_path / "mine.cpp", read_task(TASKS / "pair-sums").spec)
    assert caught.value.rule == "language"
