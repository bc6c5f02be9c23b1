"""Questions that hot pages and moves ask all day, turned into SQL once instead of at every call.

Django builds the SQL of a queryset anew each time; for a row with half a dozen joined tables that takes three times
as long as everything else about it (docs/adr/0005). A prepared question keeps the SQL and puts in the values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Field, Lookup, QuerySet

Row = TypeVar("Row")
Kind = type[int] | type[str] | type[datetime] | type[list[int]]


def prepared(**kinds: Kind) -> Callable[[Callable[..., QuerySet[Any, Row]]], Prepared[Row]]:
    """Make a function that builds a queryset from keyword arguments into one that answers its rows, as a list.

    The arguments may stand only where SQL has a parameter: what the function does must not depend on their values,
    and none may be None. Raises ValueError at the first call where the SQL doesn't hold every argument as it is.
    """

    def wrap(make: Callable[..., QuerySet[Any, Row]]) -> Prepared[Row]:
        return Prepared(make, kinds)

    return wrap


class Prepared(Generic[Row]):
    def __init__(self, make: Callable[..., QuerySet[Any, Row]], kinds: dict[str, Kind]) -> None:
        self._make, self._kinds = make, kinds
        self._statement: _Statement | None = None
        self.__doc__ = make.__doc__

    def __call__(self, **values: Any) -> list[Row]:
        if self._statement is None:
            self._statement = _Statement(self._make, self._kinds)
        return list(self._statement.asked(values))

    def first(self, **values: Any) -> Row | None:
        """The first row, or None."""
        return next(iter(self(**values)), None)

    def in_order(self, pks: Sequence[int]) -> list[Row]:
        """The rows with these keys, in their order, of a question whose only argument is `pks`; those gone are left out."""
        rows: list[Any] = self(pks=list(pks)) if pks else []
        found = {row.pk: row for row in rows}
        return [found[pk] for pk in pks if pk in found]


@Field.register_lookup
class OneOf(Lookup):
    """`filter(pk__one_of=[1, 2])`: as `in`, but the list is one parameter, so that the SQL is the same for any length."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*parameters, self.rhs)


class _Statement:
    """The SQL, where each value goes, and the queryset that knows how to read the rows."""

    def __init__(self, make: Callable[..., QuerySet[Any]], kinds: dict[str, Kind]) -> None:
        marks = {name: _MARKS[kind](number) for number, (name, kind) in enumerate(kinds.items())}
        self.queryset: Any = make(**marks)
        self.compiler = self.queryset.query.get_compiler(self.queryset.db)
        self.sql, parameters = self.compiler.as_sql()
        converters = self.compiler.get_converters([part[0] for part in self.compiler.select[: self.compiler.col_count]])
        self.compiler.get_converters = lambda expressions: converters
        self.compiler.connection = None  # each call brings the one of its own thread
        # Either the name of an argument or a constant of the question itself.
        self.parameters = [(_name_of(value, marks), value) for value in parameters]
        missing = set(kinds) - {name for name, _ in self.parameters}
        if missing:
            raise ValueError(f"the SQL doesn't hold {', '.join(sorted(missing))} as it is: {self.sql}")

    def asked(self, values: dict[str, Any]) -> QuerySet[Any]:
        given = tuple(values[name] if name else constant for name, constant in self.parameters)
        source = self.queryset
        asked = source.__class__(model=source.model, query=_Ready(self, given), using=source._db)
        asked._iterable_class, asked._fields = source._iterable_class, source._fields
        asked._prefetch_related_lookups = source._prefetch_related_lookups
        return asked  # type: ignore[no-any-return]


class _Ready:
    """Stands in for Django's Query: its compiler answers the kept SQL with the values of this call."""

    def __init__(self, statement: _Statement, values: tuple[Any, ...]) -> None:
        self._statement, self._values = statement, values

    def get_compiler(self, using: str) -> Any:
        kept = self._statement.compiler
        compiler = object.__new__(type(kept))
        compiler.__dict__.update(kept.__dict__, connection=connections[using], using=using)
        compiler.as_sql = lambda: (self._statement.sql, self._values)
        return compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._statement.queryset.query, name)


# Values that no real argument has, by which the parameters are told apart from constants.
_MARKS: dict[Kind, Callable[[int], Any]] = {
    int: lambda number: 2_000_000_000 + number,
    str: lambda number: f"\ue000{number}",
    datetime: lambda number: datetime(1900, 1, 1, tzinfo=UTC) + timedelta(microseconds=number),
    list[int]: lambda number: [2_000_000_000 + number],
}


def _name_of(value: object, marks: dict[str, Any]) -> str | None:
    """The argument whose mark this is."""
    same = (name for name, mark in marks.items() if type(mark) is type(value) and mark == value)
    return next(same, None)
