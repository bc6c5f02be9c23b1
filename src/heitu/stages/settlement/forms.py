"""The form by which finance books an endowment."""

from __future__ import annotations

from django import forms

from heitu.ground.core.text import Text


class EndowmentForm(forms.Form):
    amount = forms.CharField(label=Text(zh="注入金额", en="Amount"), max_length=30)  # type: ignore[arg-type]
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
