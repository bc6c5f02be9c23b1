"""What a verdict rests on, to take away: the signed record, the work, and how to run it again."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import PurePath

from django.conf import settings

from heitu.engines.judge.records import NAME_IN_ZIP, Record, commitment, draw_seed
from heitu.ground.core.signing import public_key
from heitu.ground.people.models import Person
from heitu.ground.people.rules import sees_everything
from heitu.stages.calls.rules import acts_as_owner
from heitu.stages.deliverables.models import Deliverable, SealedSeed, Verdict
from heitu.stages.deliverables.rules import can_see_deliverable


def seal_seed(deliverable: Deliverable) -> SealedSeed:
    """Draw the seed of a new version; its hash goes into the row, which must still be saved before the seed is."""
    number, salt = draw_seed()
    deliverable.seed_hash = commitment(number, salt)
    return SealedSeed(deliverable=deliverable, number=number, salt=salt)


def is_revealed(deliverable: Deliverable) -> bool:
    """Whether the seed and the hidden cases may be known: nobody can hand in for this call any more."""
    return deliverable.application.call.case.closed_at is not None


def can_take_evidence(person: Person | None, deliverable: Deliverable) -> bool:
    """The call's owner and the office at once, the team once the call is over, then of published work everybody."""
    verdict = getattr(deliverable, "verdict", None)
    if verdict is None or verdict.is_simulated:
        return False
    is_known = acts_as_owner(person, deliverable.application.call) or sees_everything(person)
    if is_known or not is_revealed(deliverable):
        return is_known
    return can_see_deliverable(person, deliverable) or hasattr(deliverable, "publication")


def record_of(verdict: Verdict) -> Record:
    """The record as it was signed; with the commitment, unless it was judged anew, by another seed."""
    sealed, key = getattr(verdict.of, "sealed_seed", None), public_key(settings.HOME)
    if sealed is None or sealed.number != verdict.record.get("seed"):
        return Record(verdict.record, verdict.signature, key)
    return Record(verdict.record, verdict.signature, key, verdict.of.seed_hash, sealed.salt)


def packed(verdict: Verdict) -> bytes:
    """A zip of the record, the file that was judged, and a few words."""
    deliverable, content = verdict.of, io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME_IN_ZIP, json.dumps(record_of(verdict).as_json(), ensure_ascii=False, indent=1))
        archive.writestr("README.txt", _words(deliverable))
        if deliverable.file:
            with deliverable.file.open("rb") as source:
                archive.writestr(f"submission/{_name(deliverable)}", source.read())
    return content.getvalue()


def _words(deliverable: Deliverable) -> str:
    name, key = _name(deliverable), public_key(settings.HOME)
    task = deliverable.application.call.task
    return f"""评测记录：任务 {deliverable.application.call.number}，第 {deliverable.version} 版。
Evidence of a judgement: call {deliverable.application.call.number}, version {deliverable.version}.

record.json 是评测机的完整结论和签名；submission/ 里是被评测的文件。核对签名并用同一种子重新评测：
record.json is the judge's whole verdict with its signature, submission/ what was judged. To check the signature and
judge again with the same seed:

    heitu judge --replay record.json --key {key} TASKS/{task} "submission/{name}"

TASKS 是计划包的 tasks 文件夹。 TASKS is the folder "tasks" of the programme's pack.
"""


def _name(deliverable: Deliverable) -> str:
    """The file's name as the judge saw it, which is part of what was judged."""
    return PurePath(deliverable.file.name or "").name
