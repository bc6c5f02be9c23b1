"""What definitions may say about skills."""

from __future__ import annotations

from heitu.engines.lifecycle.registry import Context, effect
from heitu.ground.core.text import Text
from heitu.stages.skills import actions


@effect("record_evidence", title=Text(zh="写入技能证据", en="Record the skills that were shown"))
def record_evidence(context: Context) -> None:
    actions.record_evidence(application=context.case.application, by=context.by, now=context.now)
