"""The review form, made from the programme's rubric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from heitu.engines.lifecycle.definitions import Criterion
from heitu.ground.core.text import Text
from heitu.stages.reviews.enums import Recommendation

LONGEST = 4000


def review_form(rubric: Sequence[Criterion]) -> type[forms.Form]:
    """One score of 1 … 5 for each criterion, a recommendation, and words to the team and to the office."""
    fields: dict[str, Any] = {criterion.id: _score(criterion) for criterion in rubric}
    fields["recommendation"] = forms.ChoiceField(
        label=Text(zh="建议", en="Recommendation"), choices=Recommendation.choices, widget=forms.RadioSelect  # type: ignore[arg-type]
    )
    fields["to_team"] = _words(Text(zh="给团队的意见", en="To the team"), required=True)
    fields["to_office"] = _words(Text(zh="仅供运营参考", en="To the office only"), required=False)
    return type("ReviewForm", (forms.Form,), fields)


def _score(criterion: Criterion) -> forms.TypedChoiceField:
    choices = [(score, _anchored(criterion, score)) for score in range(1, 6)]
    return forms.TypedChoiceField(label=criterion.title, choices=choices, coerce=int, widget=forms.RadioSelect)  # type: ignore[arg-type]


def _anchored(criterion: Criterion, score: int) -> Text:
    anchor = criterion.anchors.get(score)
    if anchor is None:
        return Text(zh=str(score), en=str(score))
    return Text(zh=f"{score} · {anchor.zh}", en=f"{score} · {anchor.en}")


def _words(label: Text, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})  # type: ignore[arg-type]
    )
