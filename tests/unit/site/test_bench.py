"""The comparisons keep up with the code that they measure; to run them takes minutes and is left to people."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "bench"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if "def main(" in path.read_text() and path.stem != "__main__")


@pytest.mark.parametrize("name", NAMES)
def test_it_says_how_to_use_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        importlib.import_module(f"bench.{name}").main(["--help"])
    assert ended.value.code == 0
    assert f"./dev bench {name}" in capsys.readouterr().out
