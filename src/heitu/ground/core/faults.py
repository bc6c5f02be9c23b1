"""What of ours is at fault where work is held up, as far as the exception tells."""

from __future__ import annotations

import errno
from typing import Literal

from django.db import Error as DatabaseError

_NO_SPACE = ("53100",)  # PostgreSQL's disk_full


def at_fault(error: Exception) -> Literal["disk", "database", "files", "fault"]:
    """`fault`: the program itself, or what nobody knows."""
    if isinstance(error, DatabaseError):
        return "disk" if getattr(error.__cause__, "sqlstate", None) in _NO_SPACE else "database"
    if isinstance(error, OSError):
        return "disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "files"
    return "fault"
