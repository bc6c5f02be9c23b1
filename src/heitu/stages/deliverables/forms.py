"""The form for a new version."""

from __future__ import annotations

from django import forms

from heitu.ground.core.text import Text


class DeliverableForm(forms.Form):
    # An empty file is refused by the action, which says so in the reader's language.
    file = forms.FileField(label=Text(zh="文件", en="File"), allow_empty_file=True)  # type: ignore[arg-type]
    note = forms.CharField(
        label=Text(zh="说明", en="Note"),  # type: ignore[arg-type]
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )
