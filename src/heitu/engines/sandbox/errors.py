"""What stops work in the sandbox. None of these is the fault of whoever handed it in."""

from __future__ import annotations


class Broken(Exception):
    """The call, the machine or what was given to it must be mended first; `zh` and `en` say what and how."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en


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


class SandboxFault(Exception):
    """The sandbox itself failed: nobody is blamed."""
