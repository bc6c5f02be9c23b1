"""Points that a person gives, by a rubric or as typed; and the rubric itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.marks import by_rubric, rounded
from heitu.kinds.courses.models import LabSubmission, Offering, RubricItem, Score, Snippet
from heitu.kinds.courses.queries.grades import latest_scores
from heitu.kinds.courses.queries.marking import is_manual, items_of, used_by

MOST_ITEMS, MOST_SNIPPETS = 30, 40  # of one question, of one lab
Ticked = Mapping[str, Collection[int]]


def not_waiting() -> Refused:
    return refuse("not_waiting", "这份实验已经有人批改了。", "Somebody has marked this lab already.")


@atomic
def mark(
    *, submission: LabSubmission, points: Mapping[str, float | None], comment: str, by: Person, now: datetime,
    ticked: Ticked | None = None, seen: int | None = None,
) -> LabSubmission:
    """A person's points for cells that a machine can't mark. Where none are typed, the items ticked say how many.

    `seen` is the newest score that they knew of: with it, what was marked may be marked anew.
    Raises Refused `not_waiting`, `points_missing`, `points_out_of_range`, `item_unknown`.
    """
    locked = LabSubmission.objects.select_for_update().get(pk=submission.pk)
    scores = latest_scores(locked)
    manual = {score.cell: score for score in scores if is_manual(score)}
    if not points or not set(points) <= set(manual) or not _is_current(locked, scores, seen):
        raise not_waiting()
    rubric = {item.pk: item for item in items_of(locked.enrolment.offering, locked.lab)}
    given = [_given(manual[cell], value, (ticked or {}).get(cell, ()), rubric, comment) for cell, value in points.items()]
    record_scores(submission=locked, scores=given, source=Source.PERSON, by=by, now=now)
    return locked


def _is_current(made: LabSubmission, scores: list[Score], seen: int | None) -> bool:
    """Nobody has marked it since; without `seen`, nobody ever has."""
    if seen is None:
        return made.grading == Grading.WAITING
    newest = max((score.pk for score in scores), default=0)
    return seen == newest and made.grading in (Grading.WAITING, Grading.DONE)


def _given(score: Score, typed: float | None, ticked: Collection[int], rubric: Mapping[int, RubricItem], comment: str) -> CellScore:
    if not all(item in rubric and rubric[item].cell == score.cell for item in ticked):
        raise refuse("item_unknown", "评分标准刚被改过，请刷新再评。", "The rubric has changed: look again.", field=f"cell-{score.cell}")
    if typed is None and not ticked:
        raise refuse("points_missing", "请打分，或勾选评分标准。", "Give points, or tick the rubric.", field=f"cell-{score.cell}")
    items = [rubric[item].points for item in ticked]
    earned = float(by_rubric(items, Decimal(str(score.maximum)))) if typed is None else typed
    if not 0 <= earned <= score.maximum:
        most = f"{score.maximum:g}"
        raise refuse(
            "points_out_of_range", f"应为 0 到 {most}。", f"This is 0 to {most}.", field=f"cell-{score.cell}", limit=score.maximum
        )
    return CellScore(score.cell, earned, score.maximum, comment, tuple(ticked))


# The rubric


@atomic
def add_item(
    *, offering: Offering, lab: str, cell: str, text: Text, points: Decimal, by: Person, now: datetime
) -> RubricItem:
    """One thing to look for in the answers to a question. Raises Refused `text_missing`, `too_many_items`."""
    Offering.objects.select_for_update().get(pk=offering.pk)
    _insist_on_text(text)
    held = offering.rubric_items.filter(lab=lab, cell=cell)
    if held.filter(retired_at__isnull=True).count() >= MOST_ITEMS:
        raise refuse("too_many_items", f"每题最多 {MOST_ITEMS} 条。", f"At most {MOST_ITEMS} items a question.", field="text_zh")
    position = (held.aggregate(last=Max("position"))["last"] or 0) + 1
    item = RubricItem.objects.create(
        offering=offering, lab=lab, cell=cell, position=position, text=text, points=rounded(points)
    )
    record(action="rubric.item_added", by=by, now=now, subject=item, detail={"cell": cell, "points": str(item.points)})
    return item


@atomic
def edit_item(*, item: RubricItem, text: Text, points: Decimal, confirmed: bool, by: Person, now: datetime) -> int:
    """Other words, or other points; then the marks that used it are worked out anew, but those whose points were typed
    otherwise stand. Answers how many changed. Raises Refused `text_missing`, `marks_change` unless `confirmed`.
    """
    _insist_on_text(text)
    locked = RubricItem.objects.select_for_update().get(pk=item.pk)
    before, after = locked.points, rounded(points)
    used = _held_still(locked) if before != after else []
    if used and not confirmed:
        raise refuse(
            "marks_change", f"有 {len(used)} 份评分用过它。勾选“一起重算”再保存。",
            f"{len(used)} mark(s) used it. Tick that they are worked out anew, then save.", field="confirmed", marks=len(used),
        )
    locked.text, locked.points = text, after
    locked.save(update_fields=["text", "points"])
    changed = sum(_worked_out_anew(score, locked, before, by, now) for score in used)
    detail = {"from": str(before), "to": str(after), "used": len(used), "changed": changed}
    record(action="rubric.item_edited", by=by, now=now, subject=locked, detail=detail)
    return changed


def _held_still(item: RubricItem) -> list[Score]:
    """The scores that it is part of, whose notebooks nobody else marks until this is done."""
    notebooks = LabSubmission.objects.filter(scores__rubric_uses__item=item).values("pk")
    list(LabSubmission.objects.select_for_update().filter(pk__in=notebooks).order_by("pk"))
    return used_by(item)


def _worked_out_anew(score: Score, item: RubricItem, before: Decimal, by: Person, now: datetime) -> bool:
    """Whether the score changed; one that wasn't what the rubric came to was typed, and stands."""
    uses, maximum = list(score.rubric_uses.all()), Decimal(str(score.maximum))
    was = by_rubric([before if use.item_id == item.pk else use.item.points for use in uses], maximum)
    becomes = by_rubric([item.points if use.item_id == item.pk else use.item.points for use in uses], maximum)
    if score.earned is None or rounded(score.earned) != was or was == becomes:
        return False
    items = tuple(use.item_id for use in uses)
    given = CellScore(score.cell, float(becomes), score.maximum, score.comment, items)
    record_scores(submission=score.submission, scores=[given], source=Source.PERSON, by=by, now=now)
    return True


@atomic
def retire_item(*, item: RubricItem, by: Person, now: datetime) -> None:
    """No longer offered; the marks that used it stand."""
    item.retired_at = now
    item.save(update_fields=["retired_at"])
    record(action="rubric.item_retired", by=by, now=now, subject=item)


@atomic
def copy_rubric(*, offering: Offering, lab: str, source: Offering, by: Person, now: datetime) -> int:
    """Take over another class's items for the lab, but those that are here already; answers how many."""
    held = {(each.cell, str(each.text), each.points) for each in items_of(offering, lab)}
    new = [each for each in items_of(source, lab) if (each.cell, str(each.text), each.points) not in held]
    for each in new:
        add_item(offering=offering, lab=lab, cell=each.cell, text=each.text, points=each.points, by=by, now=now)
    return len(new)


def _insist_on_text(text: Text) -> None:
    if not text:
        raise refuse("text_missing", "请写明看什么。", "Say what to look for.", field="text_zh")


# Phrases


@atomic
def keep_snippet(*, offering: Offering, lab: str, text: str, by: Person, now: datetime) -> Snippet:
    """Words to use again. Raises Refused `text_missing`, `too_many_snippets`."""
    words = text.strip()[:400]
    if not words:
        raise refuse("text_missing", "请填写常用语。", "Write the words to keep.", field="text")
    if offering.snippets.filter(lab=lab).count() >= MOST_SNIPPETS:
        raise refuse("too_many_snippets", f"最多 {MOST_SNIPPETS} 句。", f"At most {MOST_SNIPPETS} of them.", field="text")
    made, is_new = Snippet.objects.get_or_create(offering=offering, lab=lab, text=words, defaults={"by": by, "at": now})
    if is_new:
        record(action="snippet.kept", by=by, now=now, subject=made)
    return made


@atomic
def drop_snippet(*, snippet: Snippet, by: Person, now: datetime) -> None:
    record(action="snippet.dropped", by=by, now=now, subject=snippet, detail={"text": snippet.text})
    snippet.delete()
