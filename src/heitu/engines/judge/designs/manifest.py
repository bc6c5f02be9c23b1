"""app.yaml: how a submitted application wants to be started."""

from __future__ import annotations

from collections.abc import Mapping

import yaml
from pydantic import ValidationError

from heitu.engines.judge.designs.contract import Design, Start
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.parts import Part, nearest
from heitu.engines.sandbox.channel import printable

FILE = "app.yaml"
_LARGEST = 4096


class Manifest(Part):
    """`run` is the Python file that is run as the main program."""

    start: Start
    run: str


def read_manifest(files: Mapping[str, bytes], spec: Design) -> Manifest:
    """Of a submission's files. Raises Refusal that says what to write instead."""
    if FILE not in files:
        raise Refusal(
            "app_file", f"根目录缺少 {FILE}；写明 start 与 run",
            f"there is no {FILE} at the top; it must say start and run",
        )
    manifest = _parsed(files[FILE])
    if manifest.start not in spec.start:
        zh, en = "、".join(spec.start), " or ".join(spec.start)
        raise Refusal("start", f"{FILE}：本任务的 start 须为 {zh}", f"{FILE}: this task wants start: {en}")
    if manifest.run not in files or not manifest.run.endswith(".py"):
        close = nearest(manifest.run, [name for name in files if name.endswith(".py")])
        raise Refusal(
            "entry_file", f"{FILE}：run 所指的 {manifest.run!r} 不是提交物中的 Python 文件",
            f"{FILE}: run names {manifest.run!r}, which is no Python file of the submission{close}",
        )
    return manifest


def _parsed(content: bytes) -> Manifest:
    if len(content) > _LARGEST:
        raise Refusal("app_file", f"{FILE} 超过 {_LARGEST} 字节", f"{FILE} is larger than {_LARGEST} bytes")
    try:
        return Manifest.model_validate(yaml.safe_load(content.decode()))
    except ValidationError as error:
        faults = _shown("; ".join(f"{'.'.join(map(str, e['loc'])) or FILE}: {e['msg']}" for e in error.errors()))
        raise Refusal("app_file", f"{FILE} 有误：{faults}", f"{FILE} is wrong: {faults}") from error
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        why = _shown(str(error))
        raise Refusal("app_file", f"{FILE} 不是有效的 YAML：{why}", f"{FILE} is not YAML: {why}") from error


def _shown(words: str) -> str:
    return printable(words.encode(errors="replace"))
