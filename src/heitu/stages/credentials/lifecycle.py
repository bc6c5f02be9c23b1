"""What definitions may say about credentials."""

from __future__ import annotations

from heitu.engines.lifecycle.registry import Context, effect
from heitu.ground.core.text import Text
from heitu.stages.credentials import actions


@effect("issue_credentials", title=Text(zh="颁发证书", en="Issue credentials to the team"))
def issue_credentials(context: Context) -> None:
    actions.issue(application=context.case.application, by=context.by, now=context.now)
