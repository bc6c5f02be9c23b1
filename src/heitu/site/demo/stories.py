"""Hand-written stories: calls of one task owner, in which somebody of the cast is next in every kind of state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.core.files.base import ContentFile, File

from heitu.engines.judge import judge
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import current_version, programme_in, programme_of
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person, Team
from heitu.ground.people.queries import lead_of
from heitu.site.demo.cast import Cast
from heitu.site.simulation.judging import example
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls import actions as calls
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms
from heitu.stages.deliverables import actions as deliverables
from heitu.stages.deliverables.tasks import task_folder
from heitu.stages.reviews import actions as reviews
from heitu.stages.reviews.queries import owed
from heitu.stages.work import actions as work

ANSWERS = {
    "approach": "按行分块，单次遍历求平方和，fp32 累加；残差与归一化合并，减少一次访存。",
    "plan": "第一周复现基线，第二至四周优化与边界用例，第五周提交评测，第六周文档与答疑。",
    "experience": "团队维护过两个开源算子库，均有公开基准。",
    "uses_ai": True,
}
DESIGN = {"design": "分块大小按缓存行选取；长序列两级归约；bf16 输入以 fp32 累加，输出前一次舍入。预期加速 2.5 倍以上。"}
PRIZE = 68_000_00
HOW = {
    "best_of": Text(zh="按评测加速比择优验收", en="the best judged speed-up wins"),
    "each": Text(zh="由一支团队承接，按里程碑验收", en="one team takes it and is accepted by milestone"),
    "first_past_the_post": Text(zh="先达到指标者验收", en="the first team to reach the figures is accepted"),
}

# A version that a hurried team might hand in: fast, and wrong where half precision can't hold the sum of squares.
HALF_PRECISION = """import numpy as np


def rms_norm(x, residual, weight, eps):
    total = x + residual
    mean = np.mean((total * total).astype(np.float16), axis=-1, keepdims=True, dtype=np.float16)
    y = total / np.sqrt(mean + np.float16(eps)) * weight
    return y.astype(x.dtype), total.astype(x.dtype)
"""

# What brings a case one state further: the event and the role that makes it.
NEXT = {
    "draft": ("submit", "lead"), "screening": ("pass", "officer"), "reviewing": ("close_reviews", "officer"),
    "deciding": ("award", "officer"), "offered": ("accept", "lead"), "designing": ("report", "lead"),
    "checking_design": ("accept", "owner"), "paying_design": ("approve", "finance"), "delivering": ("deliver", "lead"),
    "accepting": ("accept", "owner"), "paying": ("approve", "finance"), "publishing": ("publish", "officer"),
}


def tell(cast: Cast, now: datetime) -> None:
    """Play every story up to `now`. The fund must hold enough for a dozen calls."""
    teller = Teller(cast, now)
    rivals = list(Team.objects.exclude(pk=cast.dengta.pk).exclude(institution=cast.university).order_by("pk"))
    teller.call("softmax", "行归一化指数：大词表、半精度", "Row softmax: large vocabulary, half precision", age=4)
    _own_team(teller, cast)
    _other_teams(teller, rivals)
    teller.draft("gelu", "GELU 激活：逐元素融合", "GELU: fused element-wise activation")
    waiting = teller.draft("segment-sum", "分段求和：图神经网络聚合", "Segment sum for graph aggregation")
    move(case=waiting.case, event="propose", by=cast.zhou, now=now - timedelta(hours=5))


def _own_team(teller: Teller, cast: Cast) -> None:
    """The team of the cast: a draft, an offer, work with an open request, a race, and a finished project."""
    draft = teller.call("layer-norm", "层归一化：非连续输入", "Layer norm on strided input", age=6)
    teller.case(draft, cast.dengta, until="draft")
    offered = teller.call("causal-attention", "因果注意力：长序列", "Causal attention on long sequences", age=12)
    teller.case(offered, cast.dengta, until="offered")
    working = teller.call("conv2d", "二维卷积：小通道", "2-D convolution with few channels", age=14)
    asked = teller.case(working, cast.dengta, until="designing")
    move(
        case=asked.case, event="ask_extension", by=cast.lin, now=teller.now - timedelta(days=1), data={"days": 10},
        reason="测试机升级，需要重测基线。",
    )
    race = teller.call("rms-norm", "RMSNorm 融合算子：半精度、长序列、含残差",
                       "Fused RMSNorm with residual, half precision, long sequences", age=22)
    racing = teller.case(race, cast.dengta, until="delivering")
    teller.hand_in(racing, ContentFile(HALF_PRECISION.encode(), name="submission.py"), days_ago=2)
    work.add_note(application=racing, text="bf16 长序列上误差偏大，正在把累加改成 fp32。", by=cast.sun, now=teller.now - timedelta(days=1))
    _own_model(teller, cast)
    _own_design(teller, cast)
    done = teller.call("cumulative-sum", "累积和：并行前缀扫描", "Cumulative sum as a parallel scan", age=32)
    teller.case(done, cast.dengta, until="done")


def _own_model(teller: Teller, cast: Cast) -> None:
    """A model that fell short at first, and reached the threshold at the second try."""
    call = teller.call(
        "operator-latency", "算子时延预测：编译器选型", "Operator latency prediction for a compiler", age=20,
        programme="crowd-models",
    )
    modelling = teller.case(call, cast.dengta, until="delivering")
    for name, days in (("weak", 3), ("plain", 1)):
        teller.hand_in(modelling, example(call.task, name), days_ago=days)


def _own_design(teller: Teller, cast: Cast) -> None:
    """A reference design that passes its acceptance tests, and is the task owner's to accept."""
    call = teller.call(
        "document-answers", "中文文档问答：检索与抽取参考设计", "Answers from Chinese documents: a reference design", age=24,
        programme="crowd-designs",
    )
    designing = teller.case(call, cast.dengta, until="delivering")
    for name, days in (("plain", 4), ("good", 2)):
        teller.hand_in(designing, example(call.task, name), days_ago=days)
    move(case=designing.case, event="deliver", by=cast.lin, now=teller.now - timedelta(days=1))


def _other_teams(teller: Teller, rivals: list[Team]) -> None:
    """Other teams' cases, each of which waits for somebody of the office, industry or the experts."""
    waits = (
        ("top-k", "Top-K 选取：大词表", "Top-k over a large vocabulary", "screening", 4),
        ("rotary-embedding", "旋转位置编码：融合实现", "Fused rotary embedding", "reviewing", 6),
        ("softmax", "在线 softmax：单次遍历", "Online softmax in one pass", "deciding", 10),
        ("gelu", "GELU 近似：误差可证", "GELU with a proven error bound", "checking_design", 16),
        ("segment-sum", "分段求和：不等长批次", "Segment sum on ragged batches", "paying_design", 18),
        ("int8-matmul-scale", "int8 矩阵乘：逐通道缩放", "int8 matmul with per-channel scale", "accepting", 23),
        ("cross-entropy", "交叉熵：大词表、数值稳定", "Cross-entropy, large vocabulary, stable", "paying", 25),
    )
    for (task, zh, en, until, age), team in zip(waits, rivals * len(waits), strict=False):
        teller.case(teller.call(task, zh, en, age=age), team, until=until)


@dataclass
class Teller:
    """Plays one case at a time, two days a step, ending shortly before `now`."""

    cast: Cast
    now: datetime

    def call(self, task: str, zh: str, en: str, *, age: int, programme: str = "crowd-operators") -> Call:
        """A published call of the cast's task owner, drafted `age` days ago."""
        at = self.now - timedelta(days=age)
        call = self.draft(task, zh, en, at=at, programme=programme)
        move(case=call.case, event="propose", by=self.cast.zhou, now=at + timedelta(hours=2))
        move(case=call.case, event="open", by=self.cast.chen, now=at + timedelta(hours=6))
        call.refresh_from_db()
        return call

    def draft(
        self, task: str, zh: str, en: str, *, at: datetime | None = None, programme: str = "crowd-operators"
    ) -> Call:
        at = at or self.now - timedelta(days=1)
        version = current_version(programme)
        rules, skills = programme_in(version).rules, programme_in(version).skills
        how = HOW[rules.winner]
        folder = task_folder(task)
        statement = Text(zh=(folder / "statement.zh.md").read_text(), en=(folder / "statement.en.md").read_text())
        terms = Terms(
            title=Text(zh=zh, en=en), summary=Text(zh=f"{zh}，{how.zh}。", en=f"{en}; {how.en}."),
            statement=statement, task=task, prize=PRIZE, seats=rules.seats, opens_at=at + timedelta(hours=1),
            closes_at=at + timedelta(days=21), delivery_days=60, licence="Apache-2.0",
            skills=skills[:2],
        )
        return calls.create_call(
            definition=version, terms=terms, owner=self.cast.zhou, institution=self.cast.company, by=self.cast.zhou, now=at
        )

    def case(self, call: Call, team: Team, *, until: str) -> Application:
        """A team's case, led to the state `until` by the people whose turn it is."""
        lead = lead_of(team)
        at = call.opens_at + timedelta(days=1)
        application = applications.start(call=call, team=team, by=lead, now=at)
        people = {"lead": lead, "officer": self.cast.chen, "owner": self.cast.zhou, "finance": self.cast.ma}
        while application.case.state != until:
            state, at = application.case.state, min(at + timedelta(days=2), self.now - timedelta(hours=3))
            self._prepare(application, state, lead, at)
            event, role = NEXT[state]
            move(case=application.case, event=event, by=people[role], now=at, data=DESIGN if event == "report" else {})
        if until == "reviewing":
            self._ask_the_cast(application, at)
        return application

    def _prepare(self, application: Application, state: str, lead: Person, at: datetime) -> None:
        if state == "draft":
            applications.change_answers(
                application=application, answers=ANSWERS, declarations=dict.fromkeys(DECLARATIONS, True), by=lead, now=at
            )
        elif state == "reviewing":
            self._write_reviews(application, at)
        elif state == "delivering":
            self.hand_in(application, example(application.call.task, "fast"), at=at)

    def _ask_the_cast(self, application: Application, at: datetime) -> None:
        if not application.reviews.filter(reviewer=self.cast.wu).exists():
            reviews.invite(application=application, reviewer=self.cast.wu, by=self.cast.chen, now=at)

    def _write_reviews(self, application: Application, at: datetime) -> None:
        rubric = programme_of(application.case).rubric
        for review in owed(application):
            reviews.submit(
                review=review, rubric=rubric, scores={criterion.id: 4 for criterion in rubric}, recommendation="support",
                to_team="路线可行，建议补充小尺寸用例的数据。", to_office="", by=review.reviewer, now=at,
            )

    def hand_in(
        self, application: Application, file: File[bytes], *, at: datetime | None = None, days_ago: int = 0
    ) -> None:
        """Hand in a file and judge it, briefly but really."""
        at = at or self.now - timedelta(days=days_ago)
        folder = task_folder(application.call.task)
        made = deliverables.hand_in(
            application=application, file=file, queue=False, by=lead_of(application.team), now=at
        )
        verdict = judge(folder, Path(made.file.path), seed=made.sealed_seed.number, quick=True)
        deliverables.record_verdict(deliverable=made, result=verdict.as_json(), shown=verdict.as_json("participant"), now=at)
