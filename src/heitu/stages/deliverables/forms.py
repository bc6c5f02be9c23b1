"""The form for a new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazystr

from heitu.ground.core.text import Text
from heitu.stages.deliverables.repositories.addresses import MOST_LETTERS, allowed_hosts

_ONE_OF_BOTH = Text(zh="请选择一个文件，或填写仓库地址，二者取一。", en="Choose a file or give a repository's address, one of the two.")


class DeliverableForm(forms.Form):
    """A file; where the operator allows hosts, a repository's address instead."""

    # An empty file is refused by the action, which says so in the reader's language.
    file = forms.FileField(label=lazystr(Text(zh="文件", en="File")), allow_empty_file=True)
    repository = forms.CharField(
        label=lazystr(Text(zh="仓库地址", en="Repository")), required=False, max_length=MOST_LETTERS,
        widget=forms.URLInput(attrs={"placeholder": "https://…/….git"}),
    )
    revision = forms.CharField(
        label=lazystr(Text(zh="分支、标签或提交号", en="Branch, tag or commit")), required=False, max_length=200,
        help_text=lazystr(Text(zh="留空则取默认分支", en="Empty: the default branch")),
    )
    note = forms.CharField(
        label=lazystr(Text(zh="说明", en="Note")),
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hosts = allowed_hosts()
        if self.hosts:
            self.fields["file"].required = False
        else:
            del self.fields["repository"], self.fields["revision"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.hosts and not self.errors and bool(data.get("file")) == bool(data.get("repository")):
            self.add_error(None, str(_ONE_OF_BOTH))
        return data
