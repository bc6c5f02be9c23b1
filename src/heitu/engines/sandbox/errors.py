"""What stops work in the sandbox. None of these is the fault of whoever handed it in."""

from __future__ import annotations

from heitu.engines.sandbox.layers import ESSENTIAL


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
        names, because = ", ".join(layers), f" ({why})" if why else ""
        zh, en = _mend(layers)
        super().__init__(
            "layers_missing", f"本机缺少沙箱层：{names}{because}。{zh}", f"this machine lacks sandbox layers: {names}{because}. {en}"
        )


def _mend(layers: list[str]) -> tuple[str, str]:
    """What the operator can do; there is no sandbox at all without the essential ones, so those can't be waived."""
    if any(name in ESSENTIAL for name in layers):
        return (
            "没有它们就没有沙箱，不能放行：请用 root 运行，或允许普通用户创建用户命名空间"
            "（sysctl kernel.unprivileged_userns_clone=1；容器须有 CAP_SYS_ADMIN）",
            "There is no sandbox without these, and they can't be waived: run as root, or let users make user namespaces "
            "(sysctl kernel.unprivileged_userns_clone=1; a container needs CAP_SYS_ADMIN)",
        )
    options = " ".join(f"--allow-missing {name}" for name in layers)
    return f"请启用它们，或自担风险按名放行：{options}", f"Enable them, or waive them by name: {options}"


class SandboxFault(Exception):
    """The sandbox itself failed: nobody is blamed."""
