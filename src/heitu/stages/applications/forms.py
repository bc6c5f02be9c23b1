"""The declarations that go with every application; the answers' form comes from the programme."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazystr

from heitu.ground.core.text import Text
from heitu.ground.people.models import Team
from heitu.stages.applications.queries import DECLARATIONS


class DeclarationsForm(forms.Form):
    """One box for each declaration; none must be ticked before the application is submitted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in DECLARATIONS.items():
            self.fields[f"declares_{name}"] = forms.BooleanField(label=lazystr(words), required=False)

    def ticked(self) -> dict[str, bool]:
        return {name: bool(self.cleaned_data.get(f"declares_{name}")) for name in DECLARATIONS}


class TeamForm(forms.Form):
    """Which of one's teams applies."""

    team = forms.ModelChoiceField(
        Team.objects.none(), label=lazystr(Text(zh="申报团队", en="Team that applies")), empty_label=None
    )

    def __init__(self, *args: Any, teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["team"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams]).order_by("name", "pk")
        field.initial = teams[0] if teams else None
