"""The terms of a call, as a form or a program hands them in, and whether its programme allows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from heitu.engines.lifecycle.definitions import Programme
from heitu.ground.core.clock import implausible
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.money import format_yuan
from heitu.ground.core.text import Text
from heitu.stages.calls.queries import packs

MOST_LETTERS = {"title": (120, 160), "summary": (300, 400), "statement": (20_000, 20_000)}  # in Chinese, in English
MOST_DAYS = 1096  # three years; longer work is a programme of its own


@dataclass(frozen=True, kw_only=True)
class Terms:
    """`prize` in fen for each award; moments are aware."""

    title: Text
    summary: Text
    statement: Text
    task: str
    prize: int
    seats: int
    opens_at: datetime
    closes_at: datetime
    delivery_days: int
    licence: str
    skills: tuple[str, ...]


def check(terms: Terms, programme: Programme) -> None:
    """Raise the first Refused that the terms meet; each names its field.

    `title_missing`, `text_too_long`, `amount_over_cap`, `seats_out_of_range`, `date_out_of_range`, `closes_too_early`,
    `days_out_of_range`, `licence_unknown`, `task_unknown`, `skill_unknown`.
    """
    for objection in objections(terms, programme):
        raise objection


def objections(terms: Terms, programme: Programme) -> Iterator[Refused]:
    """Everything that stands against the terms, so that a form can show it all at once."""
    if not terms.title:
        yield refuse("title_missing", "请填写标题。", "Give a title, in Chinese or English.", field="title_zh")
    yield from _about_words(terms)
    yield from _about_money(terms, programme)
    yield from _about_time(terms)
    yield from _about_choices(terms, programme)


def _about_words(terms: Terms) -> Iterator[Refused]:
    for name, (most_zh, most_en) in MOST_LETTERS.items():
        text: Text = getattr(terms, name)
        for language, letters, most in (("zh", text.zh, most_zh), ("en", text.en, most_en)):
            if len(letters) > most:
                yield refuse(
                    "text_too_long", f"最多 {most} 个字符，这里有 {len(letters)} 个。",
                    f"At most {most} characters; this has {len(letters)}.", field=f"{name}_{language}", limit=most,
                )


def _about_money(terms: Terms, programme: Programme) -> Iterator[Refused]:
    rules = programme.rules
    if rules.award_cap is not None and terms.prize > rules.award_cap:
        cap = format_yuan(rules.award_cap)
        yield refuse(
            "amount_over_cap", f"“{programme.title.zh}”每项奖金最多 ¥ {cap}。",
            f"An award of “{programme.title.en}” is at most ¥ {cap}.", field="prize", limit=rules.award_cap,
        )
    if not 1 <= terms.seats <= rules.seats:
        yield refuse(
            "seats_out_of_range", f"名额须为 1 到 {rules.seats} 个。", f"A call here has 1 to {rules.seats} seats.",
            field="seats", limit=rules.seats,
        )


def _about_time(terms: Terms) -> Iterator[Refused]:
    for field in ("opens_at", "closes_at"):
        if objection := implausible(getattr(terms, field), field):
            yield objection
    if terms.closes_at <= terms.opens_at:
        yield refuse(
            "closes_too_early", "申报截止须晚于开始。", "Claims must close after they open.", field="closes_at"
        )
    if not 1 <= terms.delivery_days <= MOST_DAYS:
        yield refuse(
            "days_out_of_range", f"交付期须为 1 到 {MOST_DAYS} 天。", f"Delivery takes 1 to {MOST_DAYS} days.",
            field="delivery_days", limit=MOST_DAYS,
        )


def _about_choices(terms: Terms, programme: Programme) -> Iterator[Refused]:
    if programme.rules.licences and terms.licence not in programme.rules.licences:
        known = "、".join(programme.rules.licences)
        yield refuse("licence_unknown", f"许可证须为：{known}。", f"The licence is one of: {known}.", field="licence")
    task = packs.task(programme.programme, terms.task) if terms.task else None
    if terms.task and (task is None or task.kind != programme.kind):
        yield refuse(
            "task_unknown", f"没有这一类别的评测任务“{terms.task}”。",
            f"There is no task “{terms.task}” of this kind.", field="task",
        )
    unknown = [slug for slug in terms.skills if slug not in packs.skills(programme.programme)]
    if unknown:
        yield refuse(
            "skill_unknown", f"没有技能：{'、'.join(unknown)}。", f"There is no such skill: {', '.join(unknown)}.",
            field="skills",
        )
