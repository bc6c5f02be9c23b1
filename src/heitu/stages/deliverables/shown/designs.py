"""A reference design's report as a page shows it: its checks by name, licence, dependencies, files, and the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heitu.ground.core.text import Text

SOURCES = {
    "submission": Text(zh="提交物自带", en="its own"), "standard_library": Text(zh="标准库", en="standard library"),
    "toolchain": Text(zh="工具链", en="toolchain"), "missing": Text(zh="缺少", en="missing"),
}


def report_shown(shown: Mapping[str, Any]) -> dict[str, Any]:
    """What the verdict of a design has besides its cases; nothing for other kinds, and where nothing was started."""
    report = shown.get("report")
    if not report:
        return {}
    return {
        "report": report, "licence": _licence(report["licence"]),
        "dependencies": [_dependency(each) for each in report["dependencies"]], "files": report["files"],
        "checklist": [Text(zh=each["zh"], en=each["en"]) for each in report["checklist"]],
    }


def check_titles(shown: Mapping[str, Any]) -> dict[str, Text]:
    """The title of each check that the viewer may know, by its case."""
    checks = (shown.get("report") or {}).get("checks") or []
    return {check["id"]: Text(**check["title"]) for check in checks}


def _licence(found: Mapping[str, Any]) -> dict[str, Any]:
    name = found.get("spdx") or found.get("file")
    said = Text(zh=str(name), en=str(name)) if name else Text(zh="没有找到许可证文件", en="no licence file was found")
    return {"said": said, "allowed": found["allowed"], "wanted": ", ".join(found["wanted"])}


def _dependency(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": found["name"], "version": found.get("version", ""), "licence": found.get("licence", ""),
        "source": SOURCES.get(found["source"], Text(zh=found["source"], en=found["source"])),
        "is_missing": found["source"] == "missing", "used_in": ", ".join(found.get("used_in", ())),
    }
