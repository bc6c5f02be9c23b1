"""The worker's side of an application in a sandbox: exchanges of requests, and what went wrong in words."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence

from heitu.engines.judge.designs.acceptance import Spent
from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.designs.manifest import Manifest
from heitu.engines.judge.session import Failed
from heitu.engines.judge.submission import Submission
from heitu.engines.sandbox import channel, letters
from heitu.engines.sandbox.box import Box, Room
from heitu.engines.sandbox.letters import Reply, Request
from heitu.engines.sandbox.nursery import Nursery

# Wall clock of one request, so that one that hangs is told from an application that uses its time up.
_PATIENCE_FACTOR, _PATIENCE_EXTRA = 2.0, 1.0
_LAST_WORDS = 400


class Visit:
    """An application alive in a sandbox. Use as a context manager. Making one raises Ended or Failed.

    `keep` gets what it printed, however it ends.
    """

    def __init__(
        self, nursery: Nursery, spec: Design, submission: Submission, manifest: Manifest, keep: Callable[[bytes], None]
    ) -> None:
        limits = spec.limits
        self._spec, self._keep, self._exchanges = spec, keep, 0
        self._largest = spec.answer_kb << 10
        room = Room(limits.memory_mb, limits.processes + 1, limits.disk_mb, loopback=True)
        boot = {
            "start": manifest.start, "file": manifest.run, "start_seconds": _patience(spec.start_seconds),
            "patience": _patience(limits.seconds), "answer_bytes": self._largest,
        }
        self.box = Box(nursery, room, boot, list(submission.files.items()))
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Visit:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the application."""
        self.box.close()
        self._keep(self.box.log)

    def _open(self) -> None:
        reply = self.box.start(self._spec.start_seconds)
        if reply.status == channel.OK:
            return
        seconds, how = f"{self._spec.start_seconds:g}", reply.text
        if how == "silent":
            zh = f"服务在 {seconds} 秒内没有监听 127.0.0.1 的 8000 端口（环境变量 PORT）"
            en = f"the service didn't listen on port 8000 of 127.0.0.1 (variable PORT) in {seconds} s"
            raise Failed("time_limit", _said(zh, en) + self._last_words(), "start")
        zh = f"服务还没有监听就结束了（{how}）：主程序须留在前台，监听 8000 端口"
        en = f"the service ended before it listened ({how}): it must stay in the foreground, on port 8000"
        raise Failed("runtime_error", _said(zh, en) + self._last_words(), "start")

    def _last_words(self) -> str:
        """The end of what it printed. No request has been sent yet, so that nothing hidden can be in it."""
        words = self.box.log.decode(errors="replace").strip()
        return f"\n{words[-_LAST_WORDS:]}" if words else ""

    def exchange(self, requests: Sequence[Request], *, together: bool) -> tuple[list[Reply], Spent]:
        """Answers to all, and what they cost until everything stood still again. Raises Ended or Failed."""
        self._exchanges += 1
        said = letters.pack_requests(self._exchanges, requests, together=together)
        self.box.inputs[channel.IN_DATA : channel.IN_DATA + len(said)] = said
        before = self.box.processor_seconds()
        reply, seconds = self.box.call(self._spec.limits.seconds)
        after = self.box.processor_seconds()
        try:
            if reply.status != channel.OK:
                raise letters.Garbled("no frame")
            place = channel.OUT_DATA
            replies = letters.read_replies(self.box.outputs, place, self._exchanges, len(requests), self._largest)
        except letters.Garbled as error:
            raise Failed("runtime_error", _said(f"传送被打断（{error}）", f"the relay was disturbed ({error})")) from error
        for each in replies:
            self._insist(each)
        return replies, Spent(seconds, seconds if before is None or after is None else after - before)

    def _insist(self, reply: Reply) -> None:
        """Raise Failed for a request that got no answer, saying how to mend it."""
        if reply.outcome == letters.ANSWERED:
            return
        seconds, size = f"{_patience(self._spec.limits.seconds):g}", self._spec.answer_kb
        verdict, rule, zh, en = {
            letters.UNHEARD: ("runtime_error", "connection", "服务不再接受连接：检查它是否仍在监听，监听队列是否够长",
                              "the service no longer takes connections: does it still listen, is its backlog long enough?"),
            letters.GARBLED: ("wrong_answer", "not_http", "答复不是完整的 HTTP 报文：发出状态行与首部，长度要相符",
                              "the answer is no whole HTTP message: send status line, headers, and as much as they say"),
            letters.SLOW: ("time_limit", "", f"{seconds} 秒内没有答复：少算一些，先答复再做其余",
                           f"no answer in {seconds} s: compute less, or answer before you do the rest"),
            letters.LARGE: ("output_limit", "", f"答复超过 {size} KB", f"the answer is larger than {size} KB"),
            letters.DIED: ("runtime_error", "", *_death(reply.status)),
        }[reply.outcome]
        raise Failed(verdict, _said(zh, en), rule)


def _patience(seconds: float) -> float:
    return _PATIENCE_FACTOR * seconds + _PATIENCE_EXTRA


def _death(status: int) -> tuple[str, str]:
    """What became of the application's process, by its wait status, which is not to be trusted."""
    number = os.WTERMSIG(status & 0xFFFF)
    if not os.WIFSIGNALED(status & 0xFFFF) or number not in signal.valid_signals():
        code = os.WEXITSTATUS(status & 0xFFFF)
        return f"应用已退出（退出码 {code}）", f"the application ended itself with status {code}"
    name = signal.Signals(number).name if number in set(signal.Signals) else str(number)
    return f"应用被信号 {name} 终止", f"the application was ended by {name}"


def _said(zh: str, en: str) -> str:
    return f"{zh} / {en}"
