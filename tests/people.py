"""The cast that tests, the demo world and the screenshots share."""

from __future__ import annotations

from heitu.site.demo.cast import PASSWORD, Cast, make_cast

__all__ = ["PASSWORD", "Cast", "make_cast"]
