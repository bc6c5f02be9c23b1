from __future__ import annotations

from django import forms

from heitu.ground.core.text import Text
from heitu.stages.credentials.actions import MOST_REASON
from heitu.stages.credentials.badge.verifying import MOST_BYTES


class RevokeForm(forms.Form):
    reason = forms.CharField(max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


class VerifyForm(forms.Form):
    """A badge as a file or as pasted text; a file wins."""

    file = forms.FileField(required=False)
    text = forms.CharField(
        required=False, strip=True, max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "placeholder": '{"@context": …}  /  eyJ…'}),
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("text"):
            raise forms.ValidationError(
                str(Text(zh="请选择文件，或粘贴证书。", en="Choose a file, or paste a credential.")), code="empty"
            )
        return cleaned

    def content(self) -> bytes:
        """The badge's bytes, at most one more than a verifier reads."""
        file = self.cleaned_data.get("file")
        return bytes(file.read(MOST_BYTES + 1)) if file else self.cleaned_data["text"].encode()
