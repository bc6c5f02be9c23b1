"""What stops the judge from reaching a verdict. None of these is the submitter's fault."""

from __future__ import annotations

from heitu.engines.sandbox.errors import Broken


class BrokenTask(Broken):
    """The task folder breaks its contract."""


class Refusal(Exception):
    """The submission breaks a rule of intake: verdict `refused`, naming the rule."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(f"{rule}: {en}")
        self.rule = rule
        self.zh = zh
        self.en = en
