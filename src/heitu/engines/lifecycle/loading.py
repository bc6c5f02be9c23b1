"""From a programme's YAML file to a `Programme`, or to every fault in it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from heitu.engines.lifecycle import marks, schemas, shapes
from heitu.engines.lifecycle.definitions import Programme, line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order
from heitu.engines.lifecycle.fitting import fit, text_of
from heitu.ground.core.text import Text


def read_programme(path: FilePath) -> Programme:
    """Read a file that must be sound in itself; whether its words are registered is for `checking` to say.

    Raises DefinitionError with all faults. OSError when the file can't be read.
    """
    programme, faults = examine(path)
    if programme is not None:
        faults = [*faults, *shapes.faults_in(programme)]
    if faults or programme is None:
        raise DefinitionError(in_order(faults))
    return programme


def examine(path: FilePath) -> tuple[Programme | None, list[Fault]]:
    """Read a file as far as it goes, so that what is sound can be checked further.

    Answers the programme without the parts at fault, or None when too little is left, and the faults of its form.
    """
    document = marks.read(str(path), text_of(path))
    if not isinstance(document.data, dict):
        if not document.faults:
            document.fault(1, "文件应当是“键: 值”的列表", "the file should be a list of “key: value”")
        return None, document.faults
    programme, faults = fit(document, Programme)
    faults += [] if programme else _forms_alone(document)
    if programme is not None and programme.found_at(document.file, document.lines).programme != path.stem:
        zh = f"文件名应与 programme 一致：{programme.programme}.yaml"
        en = f"the file should be named after its programme: {programme.programme}.yaml"
        faults.append(Fault(str(path), line_of(document.lines, ("programme",)), Text(zh=zh, en=en)))
    return programme, [*document.faults, *faults]


def _forms_alone(document: marks.Document) -> Iterator[Fault]:
    forms = document.data.get("forms")
    for name, schema in forms.items() if isinstance(forms, dict) else ():
        for path, message, suggestion in schemas.faults_in(schema) if isinstance(schema, dict) else ():
            yield Fault(document.file, line_of(document.lines, ("forms", name, *path)), message, suggestion)
