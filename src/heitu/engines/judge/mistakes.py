"""What a submission that doesn't load, or can't be called, got wrong: one sentence with what to do about it.

Read from the last words of its own process, so it is believed of nothing but of what to tell whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from heitu.engines.sandbox.toolchains import TOOLCHAINS

_UNDECODABLE = re.compile(r"codec can't decode|null bytes|encoding problem|Non-UTF-8|unknown encoding")


@dataclass(frozen=True)
class Asked:
    """How the task calls a submission: the entry's name, its parameters, and the language."""

    entry: str
    parameters: Sequence[str]
    language: str


@dataclass(frozen=True)
class Mistake:
    """The rule that names it, and the sentence in both languages."""

    rule: str
    zh: str
    en: str

    @property
    def text(self) -> str:
        """As a verdict has it: 中文 / English."""
        return f"{self.zh} / {self.en}"


def mistake(said: str, asked: Asked) -> Mistake | None:
    """What these words of a traceback come down to; None where nothing shorter can be said than they say."""
    last = said.strip().rpartition("\n")[2]
    found = (look(said, last, asked) for look in _LOOKS)
    return next((each for each in found if each is not None), None)


def _entry(said: str, last: str, asked: Asked) -> Mistake | None:
    matched = re.fullmatch(r"AttributeError: (\S+) defines no function named (\S+?)(?:; it defines (.+))?", last)
    if matched is None:
        return None
    file, name, others = matched.groups()
    zh, en = (f"（有 {others}）", f" (it has {others})") if others else ("", "")
    return Mistake(
        "entry_name", f"{file} 里没有函数 {name}{zh}，入口函数必须叫这个名字",
        f"{file} defines no function {name}{en}; the entry function must have that name",
    )


def _symbol(said: str, last: str, asked: Asked) -> Mistake | None:
    matched = re.search(r"undefined symbol: (\w+)$", last)
    if matched is None or asked.language != "cpp":
        return None
    name = matched[1]
    return Mistake(
        "entry_name", f'编译出的库里没有 {name}，请定义并导出 extern "C" void {name}(…)，参数见题目',
        f'the library has no {name}: define extern "C" void {name}(…), with the statement\'s parameters',
    )


def _module(said: str, last: str, asked: Asked) -> Mistake | None:
    matched = re.fullmatch(r"(?:ModuleNotFoundError|ImportError): No module named '([^']+)'.*", last)
    if matched is None:
        return None
    chain = TOOLCHAINS.get(asked.language, TOOLCHAINS["numpy"])
    has = "、".join(dict.fromkeys((chain.name, "numpy", "ml_dtypes")))
    return Mistake(
        "missing_module", f"没有模块 {matched[1]}，这里只有 {has} 与 Python 标准库；自己的模块请一起打包成 zip",
        f"there is no module {matched[1]}: there are {has.replace('、', ', ')} and Python's standard library; modules of "
        "your own go into the zip",
    )


def _source(said: str, last: str, asked: Asked) -> Mistake | None:
    """A source that isn't Python, or isn't text in UTF-8."""
    kind, _, why = last.partition(": ")
    if kind not in ("SyntaxError", "IndentationError", "TabError"):
        return None
    if _UNDECODABLE.search(why):
        return Mistake(
            "encoding", "源文件不是 UTF-8 编码，请另存为 UTF-8 再提交", "a source isn't text in UTF-8: save it as UTF-8 and submit again"
        )
    place = re.findall(r'File "/submission/([^"]+)", line (\d+)', said)
    file, line = place[-1] if place else ("", "")
    where = (f"{file} 第 {line} 行", f"line {line} of {file}") if place else ("源文件", "a source")
    return Mistake("syntax", f"{where[0]}有语法错误：{why}", f"{where[1]} isn't Python: {why}")


def _signature(said: str, last: str, asked: Asked) -> Mistake | None:
    """The call itself failed: there is no line of the submission's in the traceback."""
    if not re.match(rf"TypeError: (\S+\.)?{re.escape(asked.entry)}\(\) (takes|missing|got an) ", said):
        return None
    wanted, why = f"{asked.entry}({', '.join(asked.parameters)})", last.partition(": ")[2]
    return Mistake(
        "signature", f"入口函数的参数不对，应为 {wanted}，按位置传入：{why}",
        f"the entry function must take {wanted}, by position: {why}",
    )


_LOOKS: tuple[Callable[[str, str, Asked], Mistake | None], ...] = (_entry, _symbol, _module, _source, _signature)
