"""The small files of every pack: closed keys, both languages, no dangling names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from heitu.ground.people.enums import InstitutionKind

PACKS = sorted(path for path in (Path(__file__).parents[3] / "packs").iterdir() if path.is_dir())
each_pack = pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)


def read(pack: Path, name: str) -> Any:
    return yaml.safe_load((pack / name).read_text("utf-8"))


def is_bilingual(text: dict[str, str]) -> bool:
    return set(text) == {"zh", "en"} and all(text.values())


@each_pack
def test_a_pack_says_what_it_is(pack: Path) -> None:
    found = read(pack, "pack.yaml")
    assert set(found) == {"name", "description", "languages", "currency"}
    assert is_bilingual(found["name"])
    assert is_bilingual(found["description"])
    assert found["currency"] == "CNY"


@each_pack
def test_skills_form_a_graph_without_cycles(pack: Path) -> None:
    known: set[str] = set()
    skills = {skill["slug"]: skill for skill in read(pack, "skills.yaml")["skills"]}
    for skill in skills.values():
        assert set(skill) <= {"slug", "title", "description", "prerequisites", "levels"}
        assert is_bilingual(skill["title"])
        assert is_bilingual(skill["description"])
        assert set(skill.get("levels", {})) <= {1, 2, 3, 4, 5}
        assert set(skill["prerequisites"]) <= set(skills)
    while ready := {s for s in skills if s not in known and known.issuperset(skills[s]["prerequisites"])}:
        known |= ready
    assert known == set(skills)


@each_pack
def test_levels_rise(pack: Path) -> None:
    levels = read(pack, "levels.yaml")["levels"]
    assert [level["rank"] for level in levels] == list(range(1, len(levels) + 1))
    for level in levels:
        assert set(level) == {"slug", "rank", "title", "meaning", "rules"}
        assert is_bilingual(level["title"])
        assert is_bilingual(level["meaning"])
        for rule in level["rules"]:
            assert set(rule) == {"evidences"}
            assert {"count", "level", "skills"} <= set(rule["evidences"]) <= {"count", "level", "skills", "within_days"}


@each_pack
def test_institutions_are_distinct_and_invented(pack: Path) -> None:
    found = read(pack, "institutions.yaml")["institutions"]
    for key in ("slug", "domain"):
        assert len({institution[key] for institution in found}) == len(found)
    assert len({institution["name"]["zh"] for institution in found}) == len(found)
    for institution in found:
        assert set(institution) == {"slug", "name", "kind", "region", "domain"}
        assert is_bilingual(institution["name"])
        assert institution["kind"] in InstitutionKind.values
        assert institution["domain"].endswith(".example")


def test_the_first_pack_has_the_scale_of_its_source() -> None:
    kinds = [institution["kind"] for institution in read(PACKS[0], "institutions.yaml")["institutions"]]
    assert kinds.count("university") == 80
    assert len(kinds) >= 92


@each_pack
def test_a_time_to_object_that_the_rules_name_is_one_that_a_state_keeps(pack: Path) -> None:
    for file in sorted((pack / "programmes").glob("*.yaml")):
        text = file.read_text("utf-8")
        promised = yaml.safe_load(text)["rules"].get("objection_days", 0)
        assert bool(promised) == ("at: case.objection_ends" in text), file.name
