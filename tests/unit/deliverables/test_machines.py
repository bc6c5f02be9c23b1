"""Judging machines: who sees them, what they leave to others, and when their timing counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.engines.judge.certificate import Certificate
from heitu.ground.core import clock
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Notification
from heitu.ground.people.queries import persons_with_role
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.enums import HeldBy
from heitu.stages.deliverables.judging import holdups, machines
from heitu.stages.deliverables.models import Deliverable, JudgingMachine, Verdict
from heitu.stages.deliverables.queries import waiting_by_toolchain
from heitu.stages.deliverables.tasks import MOST_TRIES, SECONDS_UNTIL_ANOTHER, judge_deliverable, queue_lost
from tests.people import Cast, client_of
from tests.road import a_machine

pytestmark = pytest.mark.django_db
WORK = b"import numpy\n\n\ndef other(x):\n    return x\n"


def handed_in(cast: Cast, application: Application, name: str = "submission.py") -> Deliverable:
    file = ContentFile(WORK, name=name)
    return actions.hand_in(application=application, file=file, by=cast.lin, now=clock.now())


def test_who_sees_the_machines(cast: Cast) -> None:
    seen = {name: client_of(cast, name).get("/machines/").status_code for name in cast.persons()}
    assert {name for name, status in seen.items() if status == 200} == {"chen", "xu"}
    assert seen["visitor"] == 302
    assert set(seen.values()) == {200, 302, 404}


def test_what_the_page_says(cast: Cast, delivering: Application) -> None:
    client, now = client_of(cast, "chen"), clock.now()
    assert "没有评测机在线" in client.get("/machines/").content.decode()
    made = handed_in(cast, delivering, "submission_torch.py")
    a_machine(working_on=made, certified_at=now, is_even=True, low=0.99, high=1.01)
    a_machine(name="gone:2", seen_at=now - timedelta(hours=1), certified_at=now, is_even=False, low=1.2, high=1.3)
    page = client.get("/machines/").content.decode()
    for words in (
        "north:1", "有效", "自比 95% 区间 0.990–1.010", "后再测", "下一个要计时的版本到来时再测", "失联", "队列 judge",
        "不公平，暂不计时", "1 个版本在等装有 torch 的评测机",
    ):
        assert words in page, words
    assert f"/deliverables/{made.pk}/" in page
    page = client.get("/machines/", headers={"accept-language": "en"}).content.decode()
    assert "Waiting for a machine with torch: 1. None is at work." in page


def test_timing_counts_while_the_certificate_is_fresh_and_even() -> None:
    now = clock.now()
    for is_even, age, fresh in (
        (True, timedelta(), True), (False, timedelta(), False), (True, machines.CERTIFIED_FOR, False), (True, None, False),
    ):
        machine = JudgingMachine(is_even=is_even, certified_at=None if age is None else now - age)
        assert machines.is_fresh(machine, now) is fresh


@pytest.mark.parametrize(("name", "toolchain"), [
    ("submission.py", "numpy"), ("work.cpp", "numpy"), ("submission_torch.py", "torch"),
    ("submission_mindspore.py", "mindspore"), ("any_torch.py", "numpy"),
])
def test_work_is_queued_for_those_who_have_its_toolchain(
    cast: Cast, delivering: Application, name: str, toolchain: str
) -> None:
    made = handed_in(cast, delivering, name)
    assert made.toolchain == toolchain
    job = ProcrastinateJob.objects.get(task_name__endswith="judge_deliverable")
    assert job.queue_name == machines.queue_of(toolchain)
    assert waiting_by_toolchain() == {toolchain: 1}


@pytest.mark.django_db(transaction=True)
def test_a_machine_without_the_file_leaves_it_to_another(cast: Cast, delivering: Application) -> None:
    made = handed_in(cast, delivering)
    Path(made.file.path).unlink()
    ProcrastinateJob.objects.all()._raw_delete("default")
    with machines.announced(["judge"]) as here:
        judge_deliverable(made.pk)
        assert list(machines.alive(clock.now())) == [here]
    made.refresh_from_db()
    assert (made.judging, made.tries, made.held_by) == ("queued", 0, HeldBy.FILES)
    assert not Verdict.objects.exists()
    job = ProcrastinateJob.objects.get(task_name__endswith="judge_deliverable")
    assert job.scheduled_at is not None
    assert abs((job.scheduled_at - clock.now()).total_seconds() - SECONDS_UNTIL_ANOTHER) < 30
    assert not JudgingMachine.objects.exists()


@pytest.mark.django_db
def test_a_machine_that_lacks_what_the_work_needs_leaves_it_to_another(
    cast: Cast, delivering: Application, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One without the framework, that was given the job all the same: nobody's fault but the machine's, however often."""
    monkeypatch.setenv("HEITU_TOOLCHAINS", str(tmp_path))
    Call.objects.update(task="softmax")
    made = handed_in(cast, delivering, "submission_triton.py")
    for _ in range(MOST_TRIES + 1):
        judge_deliverable(made.pk)
    made.refresh_from_db()
    assert (made.judging, made.tries, made.held_by) == ("queued", 0, HeldBy.MACHINE)
    page = client_of(cast, "lin").get(f"/deliverables/{made.pk}/").content.decode()
    assert "评测受阻：没有适合的评测机。不用重新提交" in page


def test_a_machine_says_which_queues_it_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes a framework's queue alone stands in the list too; of a framework that it lacks, it may take none."""
    monkeypatch.setenv("HEITU_TOOLCHAINS", str(tmp_path))
    assert (machines.served(["judge", "judge-torch"]), machines.lacking(["judge", "judge-torch"])) == (["numpy"], ["torch"])
    assert (machines.served(["default", "grade"]), machines.lacking(["default", "grade-torch"])) == ([], [])
    (tmp_path / "torch" / "bin").mkdir(parents=True)
    for name in ("bin/python", "stamp"):
        (tmp_path / "torch" / name).touch()
    assert (machines.served(["judge-torch"]), machines.lacking(["judge-torch"])) == (["torch"], [])
    with machines.announced(["judge-torch"]) as here:
        assert here.toolchains == ["torch"]
        assert machines.queues_of([*here.toolchains, "from-the-future"]) == ["judge-torch"]


def test_the_office_hears_of_work_that_no_machine_can_take(cast: Cast, delivering: Application) -> None:
    made, now = handed_in(cast, delivering, "submission_torch.py"), clock.now()
    told = Notification.objects.filter(kind="judging_unserved")
    a_machine()
    queue_lost(0)
    assert not told.exists(), "a machine that is started again is nobody's business"
    Deliverable.objects.filter(pk=made.pk).update(submitted_at=now - timedelta(minutes=6))
    queue_lost(0)
    queue_lost(0)
    assert [line.person for line in told] == list(persons_with_role(Role.OFFICER))
    assert "torch" in told[0].title.en
    page = client_of(cast, "chen").get("/machines/", headers={"accept-language": "en"}).content.decode()
    assert "The first came" in page
    a_machine(name="south:1", toolchains=["torch"])
    assert holdups.unserved(now=now) == []
    Deliverable.objects.filter(pk=made.pk).update(judging="done")
    JudgingMachine.objects.all().delete()
    assert holdups.unserved(now=now) == []


class Measured:
    """A machine's timing of itself, and how often it was asked for."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate, self.times = certificate, 0

    def __call__(self) -> Certificate:
        self.times += 1
        return self.certificate


@pytest.mark.django_db(transaction=True)
def test_an_uneven_minute_shuts_no_machine_out(
    cast: Cast, delivering: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tried again before the next version that is timed; an even one holds."""
    made = handed_in(cast, delivering)
    noisy, quiet = Measured(Certificate(1.0, 0.7, 1.4)), Measured(Certificate(1.0, 0.99, 1.01))
    with machines.announced(["judge"]) as here:
        monkeypatch.setattr(machines, "certify", noisy)
        for _ in range(2):
            with pytest.raises(machines.Unfit, match="too noisy"), machines.busy_with(made, is_timed=True):
                pass
        with machines.busy_with(made, is_timed=False):
            pass
        here.refresh_from_db()
        assert (noisy.times, here.is_even, here.low) == (2, False, 0.7)
        monkeypatch.setattr(machines, "certify", quiet)
        for _ in range(2):
            with machines.busy_with(made, is_timed=True):
                pass
        here.refresh_from_db()
        assert (quiet.times, here.is_even) == (1, True)
