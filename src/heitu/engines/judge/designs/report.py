"""What a person should know of a submission before accepting it: dependencies, licence, files, the points to look at."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import keyword
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from typing import Any

from heitu.engines.judge.designs import licences
from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.designs.manifest import Manifest
from heitu.engines.judge.submission import Submission
from heitu.engines.sandbox.channel import printable
from heitu.engines.sandbox.toolchains import TOOLCHAINS, interpreter

_REQUIREMENTS = "requirements.txt"
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_MOST_DEPENDENCIES, _LONGEST_NAME = 200, 100
# Of all sources together: reading tokens takes up to 5 s a megabyte of what was made to be slow.
_MOST_SOURCE = 1 << 20
_LAYOUT = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def report(spec: Design, submission: Submission, manifest: Manifest) -> dict[str, Any]:
    """Plain JSON data. Nothing of the submission is run for it; what it says of itself is only repeated."""
    file, identifier = licences.found(submission.files)
    names = sorted(name for name in submission.files if name.rpartition("/")[2].split(".")[0].upper() == "README")
    return {
        "start": manifest.start,
        "run": manifest.run,
        "licence": {"file": file, "spdx": identifier, "allowed": identifier in spec.licences, "wanted": spec.licences},
        "readme": names,
        "dependencies": dependencies(spec.toolchain, submission.files),
        "all_sources_read": _size_of_sources(submission.files) <= _MOST_SOURCE,
        "files": [_file(name, content) for name, content in sorted(submission.files.items())],
        "checklist": [{**words.model_dump(), "state": "for_a_person"} for words in spec.checklist],
    }


def flags(found: Mapping[str, Any]) -> list[str]:
    """What a person should look at first."""
    licence = found["licence"]
    stated = [] if licence["allowed"] else [f"licence:{licence['spdx'] or ('unknown' if licence['file'] else 'missing')}"]
    missing = [f"dependency:{each['name']}" for each in found["dependencies"] if each["source"] == "missing"]
    unread = [] if found["all_sources_read"] else ["dependencies:not_all_read"]
    return stated + missing + unread + ([] if found["readme"] else ["readme:missing"])


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def dependencies(toolchain: str, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Each module that a file imports and each requirement that is stated.

    `source` is standard_library, toolchain (with version and licence of what is installed), submission or missing.
    """
    own = {name.split("/")[0].removesuffix(".py") for name in _sources(files)}
    used: dict[str, set[str]] = {}
    left = _MOST_SOURCE
    for name, content in sorted(_sources(files).items(), key=lambda source: len(source[1])):
        for module in imported(content[:left]):
            used.setdefault(module, set()).add(name)
        left = max(left - len(content), 0)
    for name in required(files.get(_REQUIREMENTS, b"")):
        used.setdefault(name, set()).add(_REQUIREMENTS)
    offered = _offered(toolchain)
    listed = sorted(used.items())[:_MOST_DEPENDENCIES]
    return [{**_dependency(name, own, offered), "used_in": sorted(places)[:5]} for name, places in listed]


def _sources(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name.endswith(".py")}


def _size_of_sources(files: Mapping[str, bytes]) -> int:
    return sum(map(len, _sources(files).values()))


def _dependency(name: str, own: set[str], offered: Mapping[str, importlib.metadata.Distribution]) -> dict[str, Any]:
    if name in own:
        return {"name": name, "source": "submission"}
    if name in sys.stdlib_module_names:
        return {"name": name, "source": "standard_library", "licence": "PSF-2.0"}
    package = offered.get(name.lower().replace("-", "_"))
    if package is None:
        return {"name": name, "source": "missing"}
    return {"name": name, "source": "toolchain", "version": package.version, "licence": _licence_of(package)}


def _offered(toolchain: str) -> dict[str, importlib.metadata.Distribution]:
    """The packages that the toolchain's sandbox can import, by the name that they are imported by."""
    chain, python = TOOLCHAINS[toolchain], interpreter(toolchain)
    if chain.is_own or python is None:
        names = ("numpy", "ml_dtypes")
        return {name: importlib.metadata.distribution(name) for name in names}
    folders = [str(path) for path in python.parent.parent.glob("lib/python3*/site-packages")]
    found = importlib.metadata.distributions(path=folders)
    return {(each.metadata["Name"] or "").lower().replace("-", "_"): each for each in found}


def _licence_of(package: importlib.metadata.Distribution) -> str:
    """As the package states it: an expression, else its classifier, else the first line of the free text."""
    classified = [line.rpartition("::")[2].strip() for line in _stated(package, "Classifier") if "License ::" in line]
    free = [text.strip().split("\n")[0] for text in _stated(package, "License")]
    chosen = _stated(package, "License-Expression") or classified or free
    return printable(", ".join(chosen)[:100].encode())


def _stated(package: importlib.metadata.Distribution, key: str) -> list[str]:
    return package.metadata.get_all(key) or []


def required(content: bytes) -> list[str]:
    """Names in a requirements.txt, without versions; options and links are left out."""
    lines = (line.split("#")[0].strip() for line in content[: 1 << 16].decode(errors="replace").splitlines())
    found = (_REQUIREMENT.match(line) for line in lines if line)
    return [match[0].replace("-", "_") for match in found if match]


def imported(source: bytes) -> set[str]:
    """Top-level modules of the import statements in a file, wherever they stand; as many as can be read.

    By tokens and not by `ast`, whose parser can be made to recurse until the interpreter falls over.
    """
    found: set[str] = set()
    try:
        for name in _imported(tokenize.tokenize(io.BytesIO(source).readline)):
            found.add(name)
    except (tokenize.TokenError, SyntaxError, ValueError):
        pass  # what stands before the fault counts
    return {name for name in found if len(name) <= _LONGEST_NAME}


def _imported(tokens: Iterator[tokenize.TokenInfo]) -> Iterator[str]:
    begins = True
    for token in tokens:
        if begins and token.string == "import":
            yield from _names(tokens)
            continue
        if begins and token.string == "from":
            name = next(tokens, token).string
            if name.isidentifier() and not keyword.iskeyword(name):
                yield name
        if token.type not in (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING):
            begins = token.type in _LAYOUT or token.string in (";", ":")


def _names(tokens: Iterator[tokenize.TokenInfo]) -> Iterator[str]:
    """`import a.b as c, d`: the first name of each part."""
    expected = True
    for token in tokens:
        if token.type == tokenize.NEWLINE or token.string == ";":
            return
        if expected and token.type == tokenize.NAME:
            yield token.string
        expected = token.string == ","
