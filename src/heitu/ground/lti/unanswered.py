"""What a platform didn't do: no answer, or one that turns us down, in the words of whoever reads of it."""

from __future__ import annotations

from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text

PASSING = frozenset({401, 408, 425, 429, 500, 502, 503, 504})  # what another try may mend


class Unanswered(Refused):
    """The platform didn't do what we asked. `passes`: another try may."""

    def __init__(self, code: str, message: Text, *, passes: bool, status: int = 0) -> None:
        super().__init__(code, message)
        self.passes, self.status = passes, status


# In the words of whoever reads them; what is rarer is called as the HTTP client calls it.
SILENCES = {
    "unknown host": ("找不到它的主机", "its host is unknown"), "too slow": ("太慢", "too slow"),
    "ConnectError": ("连不上", "no connection"), "ConnectTimeout": ("连接超时", "connecting took too long"),
    "ReadTimeout": ("等待超时", "the answer took too long"), "RemoteProtocolError": ("连接中断", "the connection broke off"),
}


def silent(what: str) -> Unanswered:
    """No answer; `what` is a key of SILENCES, or the HTTP client's name for it."""
    zh, en = SILENCES.get(what, (what, what))
    words = Text(zh=f"平台没有应答（{zh}）。", en=f"The platform doesn't answer ({en}).")
    return Unanswered("platform_silent", words, passes=True)


def turned_down(status: int, body: bytes) -> Unanswered:
    """An answer that isn't 2xx, with the start of what it says."""
    said = body[:200].decode("utf-8", "replace").replace("\0", "")
    words = Text(zh=f"平台应答 {status}：{said}", en=f"The platform answers {status}: {said}")
    return Unanswered("platform_refuses", words, passes=status in PASSING, status=status)
