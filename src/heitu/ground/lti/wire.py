"""Calls to platforms: a few seconds, a few megabytes, no redirects, only to numbers that were looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from heitu.ground.core.errors import refuse
from heitu.ground.lti.addresses import reachable
from heitu.ground.lti.unanswered import turned_down

if TYPE_CHECKING:
    import httpx


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
    """The answer, which is 2xx. Raises Unanswered, or Refused where the address isn't one to call."""
    numbers = reachable(url)
    from heitu.ground.lti.connections import answered  # an HTTP client: a tenth of what every process would load

    answer = answered(method, url, numbers, dict(headers or {}), sent)
    if not answer.is_success:
        raise turned_down(answer.status_code, answer.content)
    return answer


def json_of(response: httpx.Response) -> Any:
    """Raises Refused `not_json`."""
    try:
        return response.json()
    except ValueError:
        raise refuse("not_json", "平台的应答不是 JSON。", "The platform's answer is no JSON.") from None
