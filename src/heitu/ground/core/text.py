"""Bilingual text: Chinese first, English complete."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Language = Literal["zh", "en"]


def language_of(code: str | None) -> Language:
    """Map a Django language code (`zh-hans`, `en-gb`, None) to one of the two languages."""
    return "en" if (code or "").lower().startswith("en") else "zh"


class Text(BaseModel):
    """A sentence or title in both languages; either may stand in for a missing other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = ""
    en: str = ""

    def in_(self, language: Language) -> str:
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def language_shown(self, language: Language) -> Language:
        """Which language `in_` really answered with, for the `lang` attribute."""
        if language == "zh":
            return "zh" if self.zh else "en"
        return "en" if self.en else "zh"

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.in_(language_of(get_language()))

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)
