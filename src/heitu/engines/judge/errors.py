"""What stops the judge from reaching a verdict. None of these is the submitter's fault."""

from __future__ import annotations


class Broken(Exception):
    """The task, the call or the machine must be mended first; `zh` and `en` say what and how."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


class BrokenTask(Broken):
    """The task folder breaks its contract."""


class BrokenCall(Broken):
    """The call names something that isn't there, or the machine lacks a tool that it needs."""


class LayersMissing(Broken):
    """The machine lacks layers of the sandbox that the operator has not waived by name."""

    def __init__(self, layers: list[str], why: str) -> None:
        self.layers = layers
        self.why = why
        names, options = ", ".join(layers), " ".join(f"--allow-missing {name}" for name in layers)
        because = f" ({why})" if why else ""
        super().__init__(
            "layers_missing",
            f"本机缺少沙箱层：{names}{because}。请启用它们，或自担风险按名放行：{options}",
            f"this machine lacks sandbox layers: {names}{because}. Enable them, or waive them by name: {options}",
        )


class Refusal(Exception):
    """The submission breaks a rule of intake: verdict `refused`, naming the rule."""

    def __init__(self, rule: str, zh: str, en: str) -> None:
        super().__init__(f"{rule}: {en}")
        self.rule = rule
        self.zh = zh
        self.en = en


class SandboxFault(Exception):
    """The sandbox itself failed: verdict `judge_error`."""
