"""Calls to platforms: a few seconds, a few megabytes, no redirects, only to numbers that were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.lti.addresses import reachable

if TYPE_CHECKING:
    import httpx

SECONDS, MOST_SECONDS = 5.0, 20.0  # for each step, and for an answer as a whole
MOST_BYTES = 4 << 20  # a list of some thousand members
PASSING = frozenset({401, 408, 425, 429, 500, 502, 503, 504})  # what another try may mend


class Unanswered(Refused):
    """The platform didn't do what we asked. `passes`: another try may."""

    def __init__(self, code: str, message: Text, *, passes: bool, status: int = 0) -> None:
        super().__init__(code, message)
        self.passes, self.status = passes, status


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
    """The answer, which is 2xx. Raises Unanswered, or Refused where the address isn't one to call."""
    numbers = reachable(url)
    from heitu.ground.lti.connections import answered  # an HTTP client: a tenth of what every process would load

    answer = answered(method, url, numbers, dict(headers or {}), sent)
    if not answer.is_success:
        raise _turned_down(answer.status_code, answer.content)
    return answer


# In the words of whoever reads them; what is rarer is called as the HTTP client calls it.
SILENCES = {
    "unknown host": ("找不到它的主机", "its host is unknown"), "too slow": ("太慢", "too slow"),
    "ConnectError": ("连不上", "no connection"), "ConnectTimeout": ("连接超时", "connecting took too long"),
    "ReadTimeout": ("等待超时", "the answer took too long"), "RemoteProtocolError": ("连接中断", "the connection broke off"),
}


def silent(what: str) -> Unanswered:
    zh, en = SILENCES.get(what, (what, what))
    words = Text(zh=f"平台没有应答（{zh}）。", en=f"The platform doesn't answer ({en}).")
    return Unanswered("platform_silent", words, passes=True)


def _turned_down(status: int, body: bytes) -> Unanswered:
    said = body[:200].decode("utf-8", "replace").replace("\0", "")
    words = Text(zh=f"平台应答 {status}：{said}", en=f"The platform answers {status}: {said}")
    return Unanswered("platform_refuses", words, passes=status in PASSING, status=status)


def json_of(response: httpx.Response) -> Any:
    """Raises Refused `not_json`."""
    try:
        return response.json()
    except ValueError:
        raise refuse("not_json", "平台的应答不是 JSON。", "The platform's answer is no JSON.") from None
