"""The form by which finance books an endowment."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazystr

from heitu.ground.core.text import Text


class EndowmentForm(forms.Form):
    amount = forms.CharField(label=lazystr(Text(zh="注入金额", en="Amount")), max_length=30)
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
