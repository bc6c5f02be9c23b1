"""What teachers and officers type; the rules about it are those of the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import lazystr

from heitu.ground.core.text import Text
from heitu.ground.people.models import Institution
from heitu.kinds.courses.actions.classes import LateFor, Plan
from heitu.kinds.courses.marks import LateRule
from heitu.kinds.courses.models import ComputeAward, Deadline, Offering, RubricItem, Snippet
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries.marking import Answer, Asked
from heitu.stages.calls.forms import both

MOMENT = "%Y-%m-%dT%H:%M"


def _day(zh: str, en: str) -> forms.DateField:
    return forms.DateField(
        label=both(zh, en), input_formats=["%Y-%m-%d"], widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": both("请填写日期，例如 2026-09-01。", "Enter a date, such as 2026-09-01.")},
    )


def _moment(label: Any, *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=required, input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"invalid": both("请填写日期和时间。", "Enter a date and time.")},
    )


class OpenAdoptionForm(forms.Form):
    institution = forms.ModelChoiceField(
        Institution.objects.none(), label=both("以谁的名义", "In whose name"), empty_label=None
    )
    closes_at = _moment(both("接受申请至", "Open until"))

    def __init__(self, *args: Any, institutions: QuerySet[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["institution"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = institutions


class LateForm(forms.Form):
    """A class's rule for lateness."""

    late_percent = forms.IntegerField(
        label=both("迟交每天扣", "Lost for each day late"), min_value=0, max_value=100, initial=10,
        help_text=both("占实验得分的百分比，不足一天按一天算。", "Per cent of the lab's points; a day begun counts."),
    )
    late_days = forms.IntegerField(
        label=both("最多迟交", "Days late at most"), min_value=0, max_value=60, initial=7,
        help_text=both("超过这个天数就不能再交。", "After that a lab can't be handed in."),
    )

    def rule(self) -> LateRule:
        return LateRule(self.cleaned_data["late_percent"], self.cleaned_data["late_days"])


class OfferingForm(LateForm):
    field_order = ("title", "term", "starts_on", "ends_on", "late_percent", "late_days")
    title = forms.CharField(
        label=both("班级名称", "Name of the class"), max_length=80, help_text=both("例如：计算机 2301 班。", "Such as: CS 2301.")
    )
    term = forms.CharField(label=both("学期", "Term"), max_length=40, help_text=both("例如：2026 秋。", "Such as: autumn 2026."))
    starts_on = _day("开始", "Starts")
    ends_on = _day("结束", "Ends")

    def plan(self) -> Plan:
        return Plan(**{name: self.cleaned_data[name] for name in Plan.__dataclass_fields__})


class SettingsForm(OfferingForm):
    """Of a class that is there: with another rule for lateness, which rule holds for what was handed in late already."""

    late_for = forms.ChoiceField(
        label=both("已经迟交的", "What was handed in late already"), required=False, widget=forms.RadioSelect,
        choices=[
            ("new", both("照提交时的规则，分数不变", "keeps the rule of its day: no mark changes")),
            ("all", both("按新规则重算，分数如上表", "is marked by the new rule, as listed above")),
        ],
    )

    def late(self) -> LateFor | None:
        """What was chosen, if anything was."""
        return self.cleaned_data.get("late_for") or None


def plan_of(offering: Offering) -> dict[str, Any]:
    """A class's plan as the form shows it."""
    return {name: getattr(offering, name) for name in Plan.__dataclass_fields__}


class DeadlinesForm(forms.Form):
    """Two moments for each lab; a lab with neither isn't given."""

    def __init__(self, *args: Any, labs: Sequence[Lab], deadlines: Sequence[Deadline], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labs, given = labs, {each.lab: each for each in deadlines}
        for lab in labs:
            opens, due = _moment(_of("开放", "opens", lab), required=False), _moment(_of("截止", "due", lab), required=False)
            if lab.id in given:
                opens.initial, due.initial = given[lab.id].opens_at, given[lab.id].due_at
            self.fields |= {f"opens_{lab.id}": opens, f"due_{lab.id}": due}

    def clean(self) -> dict[str, Any]:
        """Both moments or neither."""
        cleaned = super().clean() or {}
        for lab in self.labs:
            opens, due = cleaned.get(f"opens_{lab.id}"), cleaned.get(f"due_{lab.id}")
            if (opens is None) != (due is None) and not self.errors:
                missing = f"due_{lab.id}" if due is None else f"opens_{lab.id}"
                self.add_error(missing, str(both("开放和截止要一起填，或都不填。", "Fill in both moments, or neither.")))
        return cleaned

    def deadlines(self) -> dict[str, tuple[datetime, datetime]]:
        data = self.cleaned_data
        return {
            lab.id: (data[f"opens_{lab.id}"], data[f"due_{lab.id}"]) for lab in self.labs if data[f"due_{lab.id}"]
        }


def _of(zh: str, en: str, lab: Lab) -> Any:
    return both(f"{lab.title.zh}：{zh}", f"{lab.title.en}: {en}")


class EnrolForm(forms.Form):
    email = forms.EmailField(label=both("邮箱", "E-mail"))
    student_number = forms.CharField(label=both("学号", "Student number"), max_length=40, required=False)


class TeacherForm(forms.Form):
    email = forms.EmailField(label=both("邮箱", "E-mail"))


class JoinForm(forms.Form):
    code = forms.CharField(
        label=both("加入码", "Code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=both("向任课教师索取。", "Your teacher has it."),
    )


class ExtensionForm(forms.Form):
    lab = forms.ChoiceField(label=both("实验", "Lab"))
    due_at = _moment(both("延期到", "New deadline"))
    reason = forms.CharField(label=both("理由", "Why"), max_length=400)

    def __init__(self, *args: Any, labs: Sequence[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lab"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(id, lazystr(title)) for id, title in labs]


class ItemForm(forms.Form):
    title_zh = forms.CharField(label=both("名称（中文）", "Title (Chinese)"), max_length=60, required=False)
    title_en = forms.CharField(label=both("名称（英文）", "Title (English)"), max_length=60, required=False)
    maximum = forms.DecimalField(label=both("满分", "Maximum"), min_value=0, max_digits=7, decimal_places=2, initial=100)
    weight = forms.IntegerField(
        label=both("权重", "Weight"), min_value=0, max_value=1000, initial=1,
        help_text=both("总评是各项得分率按权重的平均。", "The overall mark is the mean of all items by weight."),
    )

    def title(self) -> Text:
        return Text(zh=self.cleaned_data["title_zh"].strip(), en=self.cleaned_data["title_en"].strip())


class MarkForm(forms.Form):
    """`seen` is the number of changes of the mark when it was shown."""

    points = forms.DecimalField(label=both("分数", "Mark"), required=False, max_digits=8, decimal_places=2)
    reason = forms.CharField(label=both("理由", "Why"), max_length=400, required=False)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RuleForm(forms.Form):
    minutes = forms.IntegerField(
        label=both("每人补足到（分钟）", "Fill each voucher up to (minutes)"), min_value=0, max_value=100_000
    )
    days = forms.IntegerField(
        label=both("每隔几天补足", "Every so many days"), min_value=0, max_value=180,
        help_text=both("0 表示只在现在和学生加入时补足。", "0: only now, and when a student joins."),
    )


class DrawForm(forms.Form):
    award = forms.ModelChoiceField(ComputeAward.objects.none(), label=both("从哪份算力", "From which grant"), empty_label=None)
    minutes = forms.IntegerField(label=both("划入分钟数", "Minutes"), min_value=1, max_value=3_000_000)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, awards: Sequence[tuple[ComputeAward, int]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["award"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = ComputeAward.objects.filter(pk__in=[award.pk for award, _ in awards])
        field.choices = [(award.pk, _said(award, minutes)) for award, minutes in awards]


def _said(award: ComputeAward, minutes: int) -> str:
    return f"{award.application.call.number} · {award.application.team.name} · {minutes:,} min"


class NotebookForm(forms.Form):
    notebook = forms.FileField(
        label=both("笔记本", "Notebook"), help_text=both("做完的 .ipynb 文件。", "Your solved .ipynb file."),
        widget=forms.FileInput(attrs={"accept": ".ipynb"}),
        error_messages={"required": both("请选择做完的 .ipynb 文件。", "Choose your solved .ipynb file.")},
    )


class RevisionForm(forms.Form):
    """Mended tests: the source notebook, and what was wrong."""

    notebook = forms.FileField(
        label=both("改好的源笔记本", "The mended source notebook"), widget=forms.FileInput(attrs={"accept": ".ipynb"}),
        help_text=both(
            "含参考解答与隐藏测试的 .ipynb，与课程包里的格式相同。", "With solutions and hidden tests, as in the course's pack."
        ),
        error_messages={"required": both("请选择 .ipynb 文件。", "Choose an .ipynb file.")},
    )
    reason = forms.CharField(
        label=both("改了什么、为什么", "What was mended, and why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )


class MarkingForm(forms.Form):
    """For each question points and the rubric's items; phrases kept, and a comment, once for all of them."""

    snippets = forms.MultipleChoiceField(required=False)
    comment = forms.CharField(
        label=both("给学生的话", "For the student"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    keep_comment = forms.BooleanField(label=both("把这句话存为常用语", "Keep these words for later"), required=False)

    def __init__(self, *args: Any, answer: Answer, snippets: Sequence[Snippet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in answer.questions:
            self.fields[f"cell-{each.id}"] = _points(each)
            self.fields[f"items-{each.id}"] = forms.MultipleChoiceField(
                required=False, choices=[(item.pk, str(item)) for item in each.items]
            )
        self.questions = answer.questions
        self.fields["snippets"].choices = [(each.pk, each.text) for each in snippets]  # type: ignore[attr-defined]
        self.kept = {each.pk: each.text for each in snippets}

    def points(self) -> dict[str, float | None]:
        given = {each.id: self.cleaned_data[f"cell-{each.id}"] for each in self.questions}
        return {id: None if value is None else float(value) for id, value in given.items()}

    def ticked(self) -> dict[str, list[int]]:
        return {each.id: [int(item) for item in self.cleaned_data[f"items-{each.id}"]] for each in self.questions}

    def comment_said(self) -> str:
        """The phrases chosen, then what was typed."""
        chosen = [self.kept[int(each)] for each in self.cleaned_data["snippets"]]
        return "\n".join(filter(None, [*chosen, self.cleaned_data["comment"].strip()]))

    def rows(self) -> list[tuple[Asked, Any, list[tuple[RubricItem, bool]]]]:
        """Each question with its field for points and its items, those chosen marked as such."""
        sent = {each.id: self[f"items-{each.id}"].value() or [] for each in self.questions} if self.is_bound else {}
        return [
            (each, self[f"cell-{each.id}"], [
                (item, str(item.pk) in sent[each.id] if sent else item.pk in each.ticked) for item in each.items
            ])
            for each in self.questions
        ]


def _points(asked: Asked) -> forms.DecimalField:
    label = both(f"分数（满分 {asked.maximum:g}）", f"Points (out of {asked.maximum:g})")
    widget = forms.NumberInput(attrs={"step": "any", "data-points": f"{asked.maximum:g}"})
    return forms.DecimalField(
        label=label, min_value=0, max_digits=8, decimal_places=2, required=False, widget=widget, initial=asked.earned
    )


class RubricForm(forms.Form):
    """One item; `cell` only where there is a choice."""

    cell = forms.ChoiceField(label=both("题目", "Question"))
    text_zh = forms.CharField(label=both("中文说明", "In Chinese"), max_length=200, required=False)
    text_en = forms.CharField(label=both("英文说明", "In English"), max_length=200, required=False)
    points = forms.DecimalField(
        label=both("分值", "Points"), max_digits=6, decimal_places=2,
        help_text=both("加分写正数，扣分写负数。", "Above 0 it adds; below, it takes away."),
    )

    def __init__(self, *args: Any, cells: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cells:
            self.fields["cell"].choices = [(each, each) for each in cells]  # type: ignore[attr-defined]
        else:
            del self.fields["cell"]

    def text(self) -> Text:
        return Text(zh=self.cleaned_data["text_zh"].strip(), en=self.cleaned_data["text_en"].strip())


class RubricEditForm(RubricForm):
    """`confirmed` where marks would change with the points."""

    confirmed = forms.BooleanField(label=both("用过它的评分一起重算", "Work out anew the marks that used it"), required=False)
