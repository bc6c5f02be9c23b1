"""What a task owner types for a call; the rules about it are those of `terms`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import lazystr

from heitu.engines.lifecycle.definitions import Programme
from heitu.ground.core.errors import Refused
from heitu.ground.core.money import format_yuan, parse_yuan
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.queries import persons_with_role
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import packs
from heitu.stages.calls.terms import Terms, objections
from heitu.ui.forms import tell


def both(zh: str, en: str) -> Any:
    """A label in the language of whoever reads it."""
    return lazystr(Text(zh=zh, en=en))


def _moment(zh: str, en: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=both(zh, en), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": both("请填写日期和时间。", "Enter a date and time, such as 2026-03-01 18:00.")},
    )


def _long(zh: str, en: str, *, rows: int, most: int, help_zh: str = "", help_en: str = "") -> forms.CharField:
    return forms.CharField(
        label=both(zh, en), required=False, max_length=most, widget=forms.Textarea(attrs={"rows": rows}),
        help_text=both(help_zh, help_en) if help_zh else "",
    )


class CallForm(forms.Form):
    """Built for one programme: its cap, its licences, its pack's tasks and skills."""

    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    title_zh = forms.CharField(label=both("标题（中文）", "Title (Chinese)"), max_length=120, required=False)
    title_en = forms.CharField(label=both("标题（英文）", "Title (English)"), max_length=160, required=False)
    summary_zh = _long("一句话概述（中文）", "In a sentence (Chinese)", rows=2, most=300)
    summary_en = _long("一句话概述（英文）", "In a sentence (English)", rows=2, most=400)
    statement_zh = _long(
        "任务书（中文）", "Statement (Chinese)", rows=12, most=20_000,
        help_zh="支持 Markdown：标题、列表、表格、代码。", help_en="Markdown works: headings, lists, tables, code.",
    )
    statement_en = _long("任务书（英文）", "Statement (English)", rows=12, most=20_000)
    task = forms.ChoiceField(label=both("评测任务", "Task for the judge"), required=False)
    skills = forms.MultipleChoiceField(
        label=both("完成后证明的技能", "Skills that it proves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    prize = forms.CharField(label=both("每项奖金（元）", "Prize of each award (yuan)"), max_length=30)
    seats = forms.IntegerField(label=both("立项名额", "Seats"), min_value=1)
    opens_at = _moment("申报开始", "Claims open")
    closes_at = _moment("申报截止", "Claims close")
    delivery_days = forms.IntegerField(
        label=both("交付期（天）", "Days to deliver"), min_value=1,
        help_text=both("从团队接受立项之日算起。", "Counted from the day on which a team accepts its award."),
    )
    licence = forms.ChoiceField(label=both("成果许可证", "Licence of the results"), widget=forms.RadioSelect)
    institution = forms.ModelChoiceField(
        Institution.objects.none(), label=both("出题单位", "Posted for"), empty_label=None
    )
    owner = forms.ModelChoiceField(
        Person.objects.none(), label=both("出题人", "Task owner"), required=False,
        help_text=both("不选则由您负责。", "If you choose nobody, it is yours."),
    )

    def __init__(
        self, *args: Any, programme: Programme, institutions: QuerySet[Institution], may_name_owner: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.programme = programme
        self._offer_choices(programme)
        self._show_limits(programme)
        _model_field(self.fields["institution"]).queryset = institutions
        if may_name_owner:
            _model_field(self.fields["owner"]).queryset = persons_with_role(Role.OWNER)
        else:
            del self.fields["owner"]

    def _offer_choices(self, programme: Programme) -> None:
        tasks = [(task.slug, lazystr(task.title)) for task in packs.tasks(programme.programme, programme.kind)]
        none = ("", both("没有评测任务，由人验收", "No task: people accept the work"))
        self._choose("task", [none, *tasks])
        titles = packs.skills(programme.programme)
        usual_first = sorted(titles, key=lambda slug: slug not in programme.skills)
        self._choose("skills", [(slug, lazystr(titles[slug])) for slug in usual_first])
        self._choose("licence", [(name, name) for name in programme.rules.licences])
        self.fields["licence"].initial = next(iter(programme.rules.licences), None)
        if not programme.rules.licences:
            self.fields["licence"] = forms.CharField(label=both("成果许可证", "Licence of the results"), max_length=40)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _show_limits(self, programme: Programme) -> None:
        rules, zone = programme.rules, timezone.get_current_timezone_name()
        if rules.award_cap is not None:
            cap = format_yuan(rules.award_cap)
            self.fields["prize"].help_text = both(f"不超过 ¥ {cap}。", f"At most ¥ {cap}.")
        self.fields["seats"].help_text = both(f"1 到 {rules.seats} 个。", f"1 to {rules.seats}.")
        for name in ("opens_at", "closes_at"):
            self.fields[name].help_text = both(f"您所在时区（{zone}）的时间。", f"In your time zone, {zone}.")

    def clean_prize(self) -> int:
        try:
            return parse_yuan(self.cleaned_data["prize"], field="prize")
        except Refused as refused:
            raise forms.ValidationError(str(refused.message), code=refused.code) from None

    def clean(self) -> dict[str, Any]:
        """Once every field is well-formed, show all that the programme has against the terms."""
        cleaned = super().clean() or {}
        if not self.errors:
            for refused in objections(self.terms(), self.programme):
                tell(self, refused)
        return cleaned

    def terms(self) -> Terms:
        data = self.cleaned_data
        return Terms(
            title=self._text("title"), summary=self._text("summary"), statement=self._text("statement"),
            task=data["task"], prize=data["prize"], seats=data["seats"], opens_at=data["opens_at"],
            closes_at=data["closes_at"], delivery_days=data["delivery_days"], licence=data["licence"],
            skills=tuple(data["skills"]),
        )

    def _text(self, name: str) -> Text:
        return Text(zh=self.cleaned_data[f"{name}_zh"].strip(), en=self.cleaned_data[f"{name}_en"].strip())


class OwnerForm(forms.Form):
    """Who is to answer for the call, out of its institution's task owners."""

    owner = forms.ModelChoiceField(Person.objects.none(), label=both("新的出题人", "The new owner"), empty_label=None)

    def __init__(self, *args: Any, call: Call, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = persons_with_role(Role.OWNER, call.institution).exclude(pk=call.owner_id)
        _model_field(self.fields["owner"]).queryset = owners


def initial_of(call: Call) -> dict[str, Any]:
    """A call's terms as the form shows them."""
    texts = {
        f"{name}_{language}": getattr(getattr(call, name), language)
        for name in ("title", "summary", "statement") for language in ("zh", "en")
    }
    plain = ("task", "seats", "skills", "opens_at", "closes_at", "delivery_days", "licence", "institution", "owner")
    return texts | {name: getattr(call, name) for name in plain} | {"prize": format_yuan(call.prize)}


def _model_field(field: forms.Field) -> forms.ModelChoiceField[Any]:
    assert isinstance(field, forms.ModelChoiceField)
    return field
