"""A cell's outputs as a sandbox says them: taken apart and put together anew, since a stranger may have written them."""

from __future__ import annotations

from typing import Any

Output = dict[str, Any]
_MIMES = (
    "text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg",
    "application/json",
)
_MOST = 2000


def taken(said: Any) -> list[Output]:
    """The well-formed ones among them, in the notebook format."""
    if not isinstance(said, list):
        return []
    made = (_output(each) for each in said[:_MOST] if isinstance(each, dict))
    return [each for each in made if each is not None]


def _output(said: dict[str, Any]) -> Output | None:
    kind = said.get("output_type")
    if kind == "stream":
        name = "stderr" if said.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(said.get("text"))}
    if kind == "error":
        lines = said.get("traceback") if isinstance(said.get("traceback"), list) else []
        return error(_text(said.get("ename")), _text(said.get("evalue")), [_text(line) for line in lines or []])
    if kind in ("execute_result", "display_data"):
        return _rich(kind, said)
    return None


def _rich(kind: str, said: dict[str, Any]) -> Output:
    given = said.get("data") if isinstance(said.get("data"), dict) else {}
    data = {mime: value for mime, value in (given or {}).items() if mime in _MIMES and isinstance(value, str | dict | list)}
    made: Output = {"output_type": kind, "data": data, "metadata": {}}
    if kind == "execute_result":
        count = said.get("execution_count")
        made["execution_count"] = count if isinstance(count, int) else None
    return made


def error(name: str, value: str, traceback: list[str] | None = None) -> Output:
    """An error output."""
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": traceback or [f"{name}: {value}"]}


def _text(said: Any) -> str:
    """Surrogates that no file can hold become question marks."""
    return said.encode("utf-8", "replace").decode() if isinstance(said, str) else ""
