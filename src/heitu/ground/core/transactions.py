"""Actions that call one another in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")
_joined: ContextVar[bool] = ContextVar("joined", default=False)


def atomic(action: Callable[P, R]) -> Callable[P, R]:
    """All that the action writes or nothing, as `transaction.atomic`; the actions that it calls are `joined` to it."""

    @wraps(action)
    def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(savepoint=not _joined.get()), joined():
            return action(*args, **kwargs)

    return whole


@contextmanager
def joined() -> Iterator[None]:
    """Within: whatever an action refuses undoes the whole transaction, so that none needs a savepoint of its own.

    Whoever goes on after a refusal in here opens a `transaction.atomic()` around what may be refused; without one,
    Django lets nothing more be written.
    """
    token = _joined.set(True)
    try:
        yield
    finally:
        _joined.reset(token)


def is_joined() -> bool:
    return _joined.get()
