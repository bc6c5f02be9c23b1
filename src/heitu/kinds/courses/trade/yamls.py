"""YAML of strangers: no aliases, with which a few lines grow without end."""

from __future__ import annotations

from typing import Any

import yaml


class _Plain(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(None, None, "aliases are not allowed", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


def parsed(data: str | bytes) -> Any:
    """Raises yaml.YAMLError, for impossible dates and numbers and for what is nested too deeply as well."""
    try:
        return _Plain(data).get_single_data()
    except (ValueError, RecursionError) as error:
        raise yaml.YAMLError(str(error)) from None
