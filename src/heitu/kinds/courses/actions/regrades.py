"""Mended tests: tried on a class's last notebooks without anybody's mark changing, then applied to all or given up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from heitu.engines.grading import Graded, Submitted
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import text_of
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions import deaths
from heitu.kinds.courses.actions.labs import REPORT, defer_grading, submitted, write_report
from heitu.kinds.courses.actions.settling import CellScore, Scored, record_many
from heitu.kinds.courses.enums import Grading, Trial
from heitu.kinds.courses.models import CourseVersion, Enrolment, GradeItem, LabSubmission, Offering, Regrade, Revision
from heitu.kinds.courses.pack.notebooks import faults_in
from heitu.kinds.courses.queries import labs
from heitu.kinds.courses.queries import regrades as asking
from heitu.kinds.courses.queries.grades import latest_scores_of
from heitu.kinds.courses.queries.regrades import Change

MOST_BYTES = 16 << 20
BEFORE = ("cells_before", "score_before", "points_before", "changes_before", "set_by_person")
IN_TURN = (deaths.SUSPECTS_LAST, F("held_since").asc(nulls_first=True), "pk")
Moved = list[tuple[Enrolment, Text]]


@atomic
def upload(*, offering: Offering, lab: str, data: bytes, reason: str, by: Person, now: datetime) -> Revision:
    """Try a mended source notebook on the class's last hand-ins.

    Raises Refused `too_large`, `notebook_faulty` with every fault in `details["faults"]`, `reason_missing`, and what
    `_begun` raises.
    """
    data = _source(f"{lab}.ipynb", data)
    if not reason.strip():
        raise refuse("reason_missing", "请写明改了什么、为什么。", "Say what was mended, and why.", field="reason")
    return _begun(offering, lab, data, reason.strip(), None, by=by, now=now)


@atomic
def take_over(*, offering: Offering, lab: str, version: CourseVersion, by: Person, now: datetime) -> Revision:
    """Try the lab's notebook of a newer version of the course. Raises Refused `not_newer` and what `_begun` raises."""
    if version.course_id != offering.version.course_id or version.number <= offering.version.number or not version.manifest.lab(lab):
        raise refuse("not_newer", "这一版没有更新的实验。", "That version has no newer notebook of the lab.", field="version")
    data = labs.notebook_of(labs.Source(version.pk, lab))
    return _begun(offering, lab, data, f"{version.course.slug} {version.version}", version, by=by, now=now)


def _source(name: str, data: bytes) -> bytes:
    """In UTF-8, looked at as `heitu check` does; which skills its questions show stays as the course has it."""
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise refuse("too_large", f"笔记本不能超过 {most} MB。", f"A notebook is {most} MB at most.", field="notebook", limit=most)
    try:
        text = text_of(data)
    except Unreadable as error:
        raise refuse(error.code, f"{error.zh}。", f"This can't be read: {error.en}.", field="notebook") from None
    if faults := faults_in(name, text, tagged=None):
        zh, en = f"笔记本有 {len(faults)} 处错误，逐条列在表单上方。", f"The notebook has {len(faults)} fault(s), listed above the form."
        listed = [{"line": fault.line, "zh": fault.message.zh, "en": fault.message.en} for fault in faults]
        raise refuse("notebook_faulty", zh, en, field="notebook", faults=listed)
    return text.encode()


def _begun(
    offering: Offering, lab: str, data: bytes, reason: str, version: CourseVersion | None, *, by: Person, now: datetime
) -> Revision:
    """Raises Refused `trial_open` while another is being tried, `unchanged`, `nothing_handed_in`."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    if offering.revisions.filter(lab=lab, trial=Trial.OPEN).exists():
        raise refuse("trial_open", "已有一次试改：请先采用或放弃它。", "Another mending is being tried: apply or discard it first.")
    if labs.notebook_of(labs.class_source(offering, lab)) == data:
        raise refuse("unchanged", "与现在所用的笔记本完全相同。", "It is the very notebook that holds now.", field="notebook")
    revision = Revision.objects.create(
        offering=offering, lab=lab, number=asking.last_number(offering, lab) + 1, content=data,
        sha256=hashlib.sha256(data).hexdigest(), version=version, reason=reason[:400], by=by, at=now,
    )
    if not _took_in(revision):
        raise refuse("nothing_handed_in", "还没有人提交，不需要重评。", "Nobody has handed in: there is nothing to grade again.")
    record(
        action="lab.regrade_begun", by=by, now=now, subject=revision,
        detail={"lab": lab, "sha256": revision.sha256, "reason": reason, "notebooks": revision.regrades.count()},
    )
    return revision


def _took_in(revision: Revision) -> int:
    """Note what every student has now; queue the notebooks that weren't tried yet, or in vain. Answers how many there are."""
    now = asking.held(revision.offering, revision.lab)
    revision.regrades.filter(grading=Grading.FAILED).update(grading=Grading.QUEUED, deaths=0)
    revision.regrades.exclude(submission__in=[each.submission.pk for each in now.values()]).delete()
    Regrade.objects.bulk_create(
        [
            Regrade(
                revision=revision, submission=found.submission, cells_before=found.cells, score_before=found.score,
                points_before=found.points, changes_before=found.changes, set_by_person=found.set_by_person,
            )
            for found in now.values()
        ],
        update_conflicts=True, unique_fields=["revision", "submission"], update_fields=BEFORE,
    )
    tests = labs.Source(revision.offering.version_id, revision.lab, revision.pk)
    defer_grading(tests, task="courses.try_revision")
    return len(now)


@atomic
def refresh(*, revision: Revision, by: Person, now: datetime) -> Revision:
    """Take in what has moved since: new notebooks are tried, new marks are compared with. Raises Refused `trial_over`."""
    locked = _open(revision)
    _took_in(locked)
    record(action="lab.regrade_refreshed", by=by, now=now, subject=locked)
    return locked


def taken(revision_id: int) -> Iterator[Submitted | None]:
    """The notebooks that wait to be tried, for as long as anybody wants to know; those that a dead worker had taken last, and
    alone (None: not just now), until too many have died over one."""
    rows = Regrade.objects.filter(revision=revision_id, revision__trial=Trial.OPEN)
    if deaths.count(rows):
        rows.filter(grading=Grading.QUEUED, deaths__gte=deaths.MOST).update(grading=Grading.FAILED)
    while (row := rows.filter(grading=Grading.QUEUED).select_related("submission").order_by(*IN_TURN).first()) is not None:
        if deaths.is_to_wait(row, rows):
            yield None
            continue
        rows.filter(pk=row.pk).update(grading=Grading.RUNNING)
        yield submitted(str(row.pk), row.submission)


@atomic
def keep(*, graded: Graded) -> None:
    """Write down what one notebook earns by the mended tests. One that was dropped meanwhile is forgotten."""
    rows = Regrade.objects.select_for_update(of=("self",)).select_related("submission__enrolment__person")
    row = rows.filter(pk=int(graded.student)).first()
    if row is not None:
        write_report(row, graded, row.submission)
        row.grading, row.held_since, row.held_by = Grading.DONE, None, ""
        row.save(update_fields=["grading", "held_since", "held_by", *REPORT])


@atomic
def discard(*, revision: Revision, by: Person, now: datetime) -> None:
    """Give the mended tests up; nothing has changed. Raises Refused `trial_over`."""
    _end(_open(revision), Trial.DISCARDED, by, now)
    record(action="lab.regrade_discarded", by=by, now=now, subject=revision)


@atomic
def apply(*, revision: Revision, by: Person, now: datetime) -> int:
    """The mended tests hold from now on: every last notebook's scores, the column's maximum, all marks that follow.

    Points and marks that a person gave stand. Answers how many marks changed; their students are told.
    Raises Refused `trial_over`, `not_graded_yet`, `stale` with whose notebooks or marks have moved, `tests_faulty`.
    """
    locked = _open(revision)
    list(Enrolment.objects.select_for_update().filter(offering=locked.offering).order_by("pk"))
    state = asking.progress(locked)
    if state.is_running:
        left = state.total - state.done
        raise refuse("not_graded_yet", f"还有 {left} 份没有批改完。", f"{left} still wait to be graded.", left=left)
    if moved := asking.moved(locked):
        raise _stale(moved)
    found = asking.changes(locked)
    _insist_on_sound_tests(found)
    _end(locked, Trial.APPLIED, by, now)
    _change_maximum(locked, by, now)
    _take_over_reports(locked, now)
    record_many(_scored([each for each in found if each.regrade.grading == Grading.DONE], by), now=now)
    changed = [each.enrolment.person for each in found if each.outcome in ("up", "down")]
    _tell(changed, locked, now)
    counts = dict(asking.totals(found))
    record(action="lab.regrade_applied", by=by, now=now, subject=locked, detail={"lab": locked.lab, "students": counts})
    return len(changed)


def _open(revision: Revision) -> Revision:
    locked = Revision.objects.select_for_update().get(pk=revision.pk)
    if locked.trial != Trial.OPEN:
        raise refuse("trial_over", "这次试改已经采用或放弃。", "This mending has been applied or discarded already.")
    return locked


def _insist_on_sound_tests(found: Sequence[Change]) -> None:
    if all(each.outcome == "failed" for each in found):
        zh, en = "没有一份能用新的测试批改，不能采用。", "Nothing could be graded by the new tests: they can't be applied."
        raise refuse("tests_faulty", zh, en)
    if faulty := asking.faulty_tests(found):
        raise refuse(
            "tests_faulty", f"参考解答自己通不过这些测试：{'、'.join(faulty)}。请改好后重新上传。",
            f"The notebook's own solution fails {', '.join(faulty)}. Mend that and upload it again.", questions=faulty,
        )


def _stale(moved: Moved) -> Refused:
    names = [each.person.name for each, _ in moved[:5]]
    zh, en = "、".join(names) + (" 等" if len(moved) > 5 else ""), ", ".join(names) + (" and others" if len(moved) > 5 else "")
    return refuse(
        "stale", f"开始重评之后，{len(moved)} 名学生的情况变了（{zh}）。请先计入这些变化。",
        f"Since this was begun, things have moved for {len(moved)} student(s) ({en}). Take that in first.",
        moved=[{"student": each.pk, "zh": what.zh, "en": what.en} for each, what in moved],
    )


def _end(revision: Revision, trial: Trial, by: Person, now: datetime) -> None:
    revision.trial, revision.ended_by, revision.ended_at = trial, by, now
    revision.save(update_fields=["trial", "ended_by", "ended_at"])


def _change_maximum(revision: Revision, by: Person, now: datetime) -> None:
    item = GradeItem.objects.select_for_update().filter(offering=revision.offering, lab=revision.lab).first()
    maximum = asking.maximum_of(revision)
    if item is not None and item.maximum != maximum:
        detail = {"from": str(item.maximum), "to": str(maximum)}
        item.maximum = maximum
        item.save(update_fields=["maximum"])
        record(action="grades.item_maximum", by=by, now=now, subject=item, detail=detail)


def _take_over_reports(revision: Revision, now: datetime) -> None:
    """What was found by the mended tests takes the place of what was found before; one statement for the class."""
    tried = Regrade.objects.filter(revision=revision, grading=Grading.DONE)
    own = tried.filter(submission=OuterRef("pk"))
    LabSubmission.objects.filter(pk__in=tried.values("submission")).update(
        revision=revision, graded_at=now, is_slow=False, held_since=None, held_by="",
        **{name: Subquery(own.values(name)) for name in REPORT},
    )


def _scored(found: Sequence[Change], by: Person) -> list[Scored]:
    """What the class's questions are worth now: first what a person gave, of another maximum, then the machine's."""
    comments = {
        (key, score.cell): score.comment
        for key, scores in latest_scores_of(each.regrade.submission_id for each in found).items() for score in scores
    }
    made = []
    for each in found:
        row = each.regrade
        given = [
            CellScore(cell.id, cell.after, cell.maximum, comments[row.submission_id, cell.id])
            for cell in each.cells if cell.is_kept and row.cells_before[cell.id][1] != cell.maximum
        ]
        own = [CellScore(cell.id, cell.after, cell.maximum) for cell in each.cells if not cell.is_kept]
        made += [Scored(row.submission, given, by)] if given else []
        made += [Scored(row.submission, own)]
    return made


def _tell(people: list[Person], revision: Revision, now: datetime) -> None:
    told = revision.offering.version.manifest.lab(revision.lab)
    assert told is not None
    title = Text(
        zh=f"“{told.title.zh}”按修正后的测试重新评分，您的分数有变化",
        en=f"“{told.title.en}” was graded again by mended tests: your mark has changed",
    )
    url = f"/classes/{revision.offering_id}/labs/{revision.lab}/"
    notify(people=people, kind="lab_regraded", title=title, url=url, now=now)
