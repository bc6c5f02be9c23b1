"""The evidence of a verdict: its seed was fixed before, only those who may get it, and it can be judged again."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client

from heitu.engines.judge.records import commitment, read
from heitu.engines.judge.replay import replay
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import Case
from heitu.ground.core import clock
from heitu.ground.core.signing import public_key
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.models import Deliverable, SealedSeed
from heitu.stages.deliverables.tasks import judge_deliverable, task_folder
from tests.people import Cast, client_of
from tests.road import a_verdict, hand_in

pytestmark = pytest.mark.django_db
WORK = b"import numpy\n\n\ndef other(x):\n    return x\n"


def close(cast: Cast, application: Application) -> None:
    """The office ends the work, then the call."""
    for case, event, by in (
        (application.case, "terminate", cast.chen), (application.call.case, "close", cast.chen),
        (application.call.case, "conclude", cast.chen),
    ):
        move(case=Case.objects.get(pk=case.pk), event=event, by=by, now=clock.now(), reason="结束")


def takers(cast: Cast, url: str) -> set[str]:
    return {name for name in cast.persons() if client_of(cast, name).get(url).status_code == 200}


def test_who_gets_it_and_when(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now() - timedelta(hours=1))
    publication = actions.publish(application=delivering, by=cast.chen, now=clock.now())
    assert publication is not None
    team, public = f"/deliverables/{made.pk}/evidence/", f"/results/{publication.slug}/evidence/"
    known = {"chen", "xu", "zhou"}
    assert takers(cast, team) == takers(cast, public) == known
    assert "种子承诺" in client_of(cast, "lin").get(f"/deliverables/{made.pk}/").content.decode()
    close(cast, delivering)
    everybody = set(cast.persons())
    assert takers(cast, public) == everybody
    assert takers(cast, team) == everybody - {"visitor"}
    assert team in client_of(cast, "lin").get(f"/deliverables/{made.pk}/").content.decode()
    assert public in Client().get(f"/results/{publication.slug}/").content.decode()
    by_program = client_of(cast, "lin").get(f"/api/v1/deliverables/{made.pk}/evidence")
    assert zipfile.is_zipfile(io.BytesIO(by_program.content))
    assert Client().get("/api/v1/signing-key").json() == {"public_key": public_key(settings.HOME)}


def test_nothing_where_nothing_was_judged(cast: Cast, delivering: Application) -> None:
    waiting = hand_in(delivering, cast.lin, now=clock.now() - timedelta(hours=3))
    simulated = hand_in(delivering, cast.lin, now=clock.now() - timedelta(hours=1))
    actions.record_verdict(deliverable=simulated, result=a_verdict(), simulated=True, now=clock.now())
    close(cast, delivering)
    for made in (waiting, simulated):
        assert takers(cast, f"/deliverables/{made.pk}/evidence/") == set()
    assert takers(cast, "/deliverables/999999/evidence/") == takers(cast, "/results/none/evidence/") == set()


def test_it_is_judged_by_its_sealed_seed_and_can_be_judged_again(
    cast: Cast, delivering: Application, tmp_path: Path
) -> None:
    made = actions.hand_in(
        application=delivering, file=ContentFile(WORK, name="submission.py"), by=cast.lin, now=clock.now()
    )
    sealed = SealedSeed.objects.get(deliverable=made)
    assert made.seed_hash == commitment(sealed.number, sealed.salt)
    judge_deliverable(made.pk)
    close(cast, delivering)
    content = client_of(cast, "lin").get(f"/deliverables/{made.pk}/evidence/").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    record = read(tmp_path / "record.json")
    assert record.verdict["seed"] == sealed.number
    assert public_key(settings.HOME) in (tmp_path / "README.txt").read_text()
    found = replay(
        record, task_folder(delivering.call.task), tmp_path / "submission" / "submission.py",
        key=public_key(settings.HOME),
    )
    assert found.ok, str(found)
    assert {"signature", "seed", "task", "submission"} <= {remark.name for remark in found.remarks if remark.holds}


def test_one_that_was_undone_leaves_the_name_free(cast: Cast, delivering: Application) -> None:
    """A file stays when its row is rolled back; the judge tells what it is by its name."""
    for _ in range(2):
        with transaction.atomic():
            made = actions.hand_in(
                application=delivering, file=ContentFile(WORK, name="submission.py"), by=cast.lin, now=clock.now()
            )
            assert Path(made.file.path).name == "submission.py"
            transaction.set_rollback(True)


def test_a_framework_s_entry_keeps_its_name(cast: Cast, delivering: Application) -> None:
    """The judge tells the language by the file's name."""
    made = actions.hand_in(
        application=delivering, file=ContentFile(WORK, name="submission_torch.py"), by=cast.lin, now=clock.now()
    )
    assert Path(Deliverable.objects.get(pk=made.pk).file.path).name == "submission_torch.py"
