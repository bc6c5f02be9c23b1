"""Whether the demo world is put where `heitu up` is told to serve."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from heitu.site.commands.up import _has_demo_world
from tests.factories import a_person

pytestmark = pytest.mark.django_db


def test_no_demo_world_is_put_into_a_world_that_stands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_person()
    assert not _has_demo_world(tmp_path / "unfinished")
    told = capsys.readouterr().err
    assert "这里已有数据" in told
    assert "--reset" in told


def test_a_demo_world_that_is_there_is_found(tmp_path: Path) -> None:
    a_person(email="lin@yunling.edu.example")
    assert _has_demo_world(tmp_path / "unfinished")


def test_half_a_demo_world_is_not_served(tmp_path: Path) -> None:
    a_person(email="lin@yunling.edu.example")
    (tmp_path / "unfinished").touch()
    with pytest.raises(click.ClickException, match="--reset"):
        _has_demo_world(tmp_path / "unfinished")
