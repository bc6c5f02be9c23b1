"""Statements that are written once: what is asked for every move of every case needn't be composed anew each time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper

M = TypeVar("M", bound=models.Model)
Convert = Callable[[Any], Any]


def planned() -> CursorWrapper:
    """A cursor as `connection.cursor()`, with parameters bound by the server, which plans a statement once and not each
    time: until the next rollback, when psycopg lets go of all plans."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.ensure_connection()
    kind: Any = _LoggedCursor if connection.queries_logged else _PreparedCursor
    cursor: CursorWrapper = connection._prepare_cursor(kind(connection.connection))
    return cursor


class _PreparedCursor(ServerBindingCursor):
    """Prepares at once: psycopg's own count of uses starts anew with each rollback, so it would hardly ever prepare."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": True})  # type: ignore[misc]


class _LoggedCursor(ServerBindingCursor):
    """Plans each time: psycopg forgets the text of a prepared statement, and the log is to show it."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        return super().execute(query, params, **{**options, "prepare": False})  # type: ignore[misc]


class Reading(Generic[M]):
    """Reads rows of `model` by the value of their column `by`, with to-one `relations` in the same query.

    The same as `model.objects.select_related(*relations).filter(**{by: value})`, in a third of the time.
    With `lock`, which takes no relations (they could be older than the lock), rows are kept until the transaction ends.
    """

    def __init__(self, model: type[M], *relations: str, by: str, lock: bool = False) -> None:
        self.model, self.relations, self.by, self.lock = model, relations, by, lock

    def find(self, value: Any) -> M | None:
        """The row, where the column is unique; None where there is none."""
        return next(iter(self.find_all(value)), None)

    def get(self, value: Any) -> M:
        """As `find`. Raises ObjectDoesNotExist."""
        found = self.find(value)
        if found is None:
            raise ObjectDoesNotExist(f"{self.model._meta.label} {self.by}={value}")
        return found

    def find_all(self, value: Any) -> list[M]:
        """Every such row, in no order."""
        with planned() as cursor:
            cursor.execute(self._sql, [value])
            return [self._made_of(row) for row in cursor.fetchall()]

    def _made_of(self, row: Sequence[Any]) -> M:
        found = self._own.made_of(row[: self._own.width])
        assert found is not None
        start = self._own.width
        for relation, columns in self._others:
            other = columns.made_of(row[start : start + columns.width])
            start += columns.width
            relation.set_cached_value(found, other)
            if other is not None and relation.one_to_one:
                relation.remote_field.set_cached_value(other, found)
        return found

    @cached_property
    def _own(self) -> _Columns[M]:
        return _Columns(self.model)

    @cached_property
    def _others(self) -> list[tuple[Any, _Columns[Any]]]:
        return [(self.model._meta.get_field(name), _Columns(self._related(name))) for name in self.relations]

    @cached_property
    def _sql(self) -> str:
        columns = [_columns(self.model, "own"), *(_columns(self._related(name), name) for name in self.relations)]
        joins = " ".join(map(self._join, self.relations))
        by: Any = self.model._meta.get_field(self.by)
        lock = " FOR UPDATE" if self.lock else ""
        return f'SELECT {", ".join(columns)} FROM {self.model._meta.db_table} own {joins} WHERE own."{by.column}" = %s{lock}'

    def _join(self, name: str) -> str:
        relation: Any = self.model._meta.get_field(name)
        (own, other), = relation.get_joining_fields()
        return f'LEFT JOIN {self._related(name)._meta.db_table} "{name}" ON "{name}"."{other.column}" = own."{own.column}"'

    def _related(self, name: str) -> type[models.Model]:
        related: Any = self.model._meta.get_field(name).related_model
        return related  # type: ignore[no-any-return]


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'"{alias}"."{field.column}"' for field in model._meta.concrete_fields)


class _Columns(Generic[M]):
    """The columns of one model in a row that was read."""

    def __init__(self, model: type[M]) -> None:
        fields = model._meta.concrete_fields
        self.model, self.width, self.names = model, len(fields), [field.attname for field in fields]
        self.key = self.names.index(model._meta.pk.attname)
        self.converts = [(n, _convert(field)) for n, field in enumerate(fields) if hasattr(field, "from_db_value")]

    def made_of(self, row: Sequence[Any]) -> M | None:
        """The instance, or None where a join found nothing."""
        if row[self.key] is None:
            return None
        values = list(row)
        for n, convert in self.converts:
            values[n] = convert(values[n])
        return self.model.from_db(DEFAULT_DB_ALIAS, self.names, values)


def _convert(field: Any) -> Convert:
    return lambda value: field.from_db_value(value, None, connections[DEFAULT_DB_ALIAS])
