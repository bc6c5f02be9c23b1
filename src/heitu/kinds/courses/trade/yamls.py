"""YAML of strangers, in whatever dialect it was written."""

from __future__ import annotations

from typing import Any

import yaml

from heitu.engines.lifecycle.marks import WithoutAliases


def parsed(data: str | bytes) -> Any:
    """Raises yaml.YAMLError, for aliases, impossible dates and numbers, and for what is nested too deeply as well."""
    try:
        return WithoutAliases(data).get_single_data()
    except (ValueError, RecursionError) as error:
        raise yaml.YAMLError(str(error)) from None
