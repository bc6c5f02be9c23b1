"""The form for a new version."""

from __future__ import annotations

from django import forms
from django.utils.functional import lazystr

from heitu.ground.core.text import Text


class DeliverableForm(forms.Form):
    # An empty file is refused by the action, which says so in the reader's language.
    file = forms.FileField(label=lazystr(Text(zh="文件", en="File")), allow_empty_file=True)
    note = forms.CharField(
        label=lazystr(Text(zh="说明", en="Note")),
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )
