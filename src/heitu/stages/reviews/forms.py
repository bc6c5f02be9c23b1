"""The review form, made from the programme's rubric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.functional import lazystr

from heitu.engines.lifecycle.definitions import Criterion
from heitu.ground.core.text import Text
from heitu.stages.reviews.enums import Recommendation

LONGEST = 4000
RECOMMENDATIONS = {
    Recommendation.SUPPORT: Text(zh="支持", en="Support"),
    Recommendation.UNDECIDED: Text(zh="两可", en="Undecided"),
    Recommendation.OPPOSE: Text(zh="反对", en="Oppose"),
}


def review_form(rubric: Sequence[Criterion]) -> type[forms.Form]:
    """One score of 1 … 5 for each criterion, a recommendation, and words to the team and to the office."""
    fields: dict[str, Any] = {criterion.id: _score(criterion) for criterion in rubric}
    fields["recommendation"] = forms.ChoiceField(
        label=lazystr(Text(zh="建议", en="Recommendation")), widget=forms.RadioSelect,
        choices=[(value, lazystr(title)) for value, title in RECOMMENDATIONS.items()],
    )
    fields["to_team"] = _words(Text(zh="给团队的意见", en="To the team"), required=True)
    fields["to_office"] = _words(Text(zh="仅供运营参考", en="To the office only"), required=False)
    return type("ReviewForm", (forms.Form,), fields)


def _score(criterion: Criterion) -> forms.TypedChoiceField:
    # A bare Text would be taken for a group of options: it can be walked through.
    choices = [(score, lazystr(_anchored(criterion, score))) for score in range(1, 6)]
    return forms.TypedChoiceField(
        label=lazystr(criterion.title), choices=choices, coerce=int, widget=forms.RadioSelect
    )


def _anchored(criterion: Criterion, score: int) -> Text:
    anchor = criterion.anchors.get(score)
    if anchor is None:
        return Text(zh=str(score), en=str(score))
    return Text(zh=f"{score} · {anchor.zh}", en=f"{score} · {anchor.en}")


def _words(label: Text, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=lazystr(label), required=required, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
