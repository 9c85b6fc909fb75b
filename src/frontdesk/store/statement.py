"""Statements said in SQLAlchemy Core, compiled once per engine and run on the bare driver.

Knows how values go in (bind processors), how rows come out (result processors), and nothing of connections.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

from frontdesk.domain.errors import Invalid

__all__ = ["DIALECTS", "DialectName", "Plan", "Row", "Statement", "check_text", "insert"]
# `insert` (with on_conflict_do_nothing / on_conflict_do_update) compiles for both engines

DialectName = Literal["sqlite", "postgresql"]

DIALECTS: dict[DialectName, Dialect] = {"sqlite": sqlite.dialect(), "postgresql": asyncpg.dialect()}  # type: ignore[no-untyped-call]

Processor = Callable[[Any], Any]
_REQUIRED = object()
_named: Any = namedtuple


class Row(tuple[Any, ...]):
    """One row: a tuple whose fields are also attributes, named by the columns' labels."""

    __slots__ = ()

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...


class _Slot:
    """One positional parameter: the name it takes its value from, or its literal."""

    __slots__ = ("is_list", "literal", "name", "prepare")

    def __init__(self, name: str, literal: Any, prepare: Processor | None, *, is_list: bool = False) -> None:
        self.name, self.literal, self.prepare, self.is_list = name, literal, prepare, is_list

    def value(self, given: Any) -> Any:
        """A given value as the driver takes it. Raises Invalid when a text holds NUL."""
        if self.is_list:
            return [self._one(each) for each in given]
        return self._one(given)

    def _one(self, value: Any) -> Any:
        if value is None:
            return None
        if self.prepare is not None:
            value = self.prepare(value)
        if isinstance(value, str):
            check_text(self.name, value)
        return value


def check_text(name: str, value: str) -> None:
    """Refuse text that SQL cannot hold.

    Raises:
        Invalid: It holds NUL or half of a surrogate pair.
    """
    if "\0" in value:
        raise Invalid("Text must not hold the character NUL (U+0000).", field=name)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Invalid("Text must be Unicode; half of a surrogate pair is not.", field=name) from error


class Plan:
    """A statement as one engine runs it: SQL text, the order of its parameters, how to read its rows."""

    __slots__ = ("_compiled", "_dialect", "_expanding", "_names", "_slots", "_variants", "make", "sql")

    def __init__(self, statement: Any, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("a statement is a query or a change of rows")
        self._dialect, self._compiled = dialect, compiled
        binds = compiled.binds
        self._expanding = [name for name, bind in binds.items() if bind.expanding]
        self._names = {name for name, bind in binds.items() if bind.required}
        self._variants: dict[tuple[int, ...], tuple[str, list[_Slot]]] = {}
        if any(bind.required for bind in compiled.literal_execute_params):
            raise TypeError("a literal is part of the text: it is said with the statement, not per run")
        self.sql, self._slots = ("", []) if self._expanding else self._variant(dict.fromkeys(self._names))
        self.make = _row_maker(statement, dialect)

    def _slot(self, position: str, source: str) -> _Slot:
        bind = self._compiled.binds[source]
        prepare = bind.type.dialect_impl(self._dialect).bind_processor(self._dialect)
        if bind.required:
            return _Slot(position, _REQUIRED, prepare)
        value = bind.effective_value
        return _Slot(position, prepare(value) if prepare and value is not None else value, None)

    def bind(self, params: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """The SQL text and its positional arguments for these values.

        Raises:
            TypeError: A parameter is missing or unknown.
            Invalid: A text holds NUL.
        """
        if len(params) != len(self._names):
            raise TypeError(f"parameters {sorted(self._names)} wanted, {sorted(params)} given")
        if self._expanding and self._dialect.name == "postgresql":
            self._take_arrays(params)
        if self._expanding:
            sql, slots, params = self._expand(dict(params))
        else:
            sql, slots = self.sql, self._slots
        args = [
            slot.literal if slot.literal is not _REQUIRED else slot.value(params[slot.name]) for slot in slots
        ]
        return sql, args

    def _take_arrays(self, params: Mapping[str, Any]) -> None:
        """Turn each `IN` list into one array, so that a list of any length is the same prepared statement."""
        lists = set(self._expanding)
        state = self._compiled.construct_expanded_state(
            {name: [None] if name in lists else value for name, value in params.items()}
        )
        source = {part: whole for whole, parts in state.parameter_expansion.items() for part in parts}
        sql, slots = state.statement, []
        for position, name in enumerate(state.positiontup or (), 1):
            whole = source.get(name, name)
            slot = self._slot(whole, whole)
            slot.is_list = whole in lists
            if slot.is_list:
                sql = _as_array(sql, position)
            slots.append(slot)
        self.sql, self._slots, self._expanding = sql, slots, []

    def _expand(self, params: dict[str, Any]) -> tuple[str, list[_Slot], Mapping[str, Any]]:
        """Write out `IN` lists, padded to a power of two by repeating, so that few texts are prepared."""
        for name in self._expanding:
            values = list(params[name])
            if values:
                values += [values[-1]] * ((1 << (len(values) - 1).bit_length()) - len(values))
            params[name] = values
        shape = tuple(len(params[name]) for name in self._expanding)
        if shape not in self._variants:
            self._variants[shape] = self._variant(params)
        sql, slots = self._variants[shape]
        flat = {key: value for key, value in params.items() if key not in self._expanding}
        for name in self._expanding:
            flat.update((f"{name}_{n}", value) for n, value in enumerate(params[name], 1))
        return sql, slots, flat

    def _variant(self, params: Mapping[str, Any]) -> tuple[str, list[_Slot]]:
        """The text with its lists as long as these, and with the literals that belong into it."""
        state = self._compiled.construct_expanded_state(dict(params))
        source = {part: whole for whole, parts in state.parameter_expansion.items() for part in parts}
        return state.statement, [self._slot(name, source.get(name, name)) for name in state.positiontup or ()]


class Statement:
    """A Core statement, made once at import and compiled at first use on each engine.

    Args:
        statement: What to run. Values that change are `sa.bindparam(name)`; `sa.bindparam(name,
            expanding=True)` takes a list for `IN`.
        columns: For an insert without `.values()`: the columns it gets, each a parameter of that name.
    """

    __slots__ = ("_columns", "_plans", "_statement")

    def __init__(self, statement: Any, columns: Sequence[str] | None = None) -> None:
        self._statement, self._columns = statement, columns
        self._plans: dict[str, Plan] = {}

    def plan(self, dialect: DialectName) -> Plan:
        """The compiled form for one engine."""
        found = self._plans.get(dialect)
        if found is None:
            found = self._plans[dialect] = Plan(self._statement, DIALECTS[dialect], self._columns)
        return found


def _as_array(sql: str, position: int) -> str:
    """The text with the list at this position as an array: `= ANY` for `IN`, `<> ALL` for `NOT IN`.

    The array of an `IN` comes through a sub-select, where PostgreSQL's planner does not see its length. Where
    it does, a plan made for each run looks cheaper to it than the kept one as soon as lists are shorter than
    the ten it guesses, and it plans every run anew, which can cost more than the run.
    """

    def array(found: re.Match[str]) -> str:
        is_in, type_ = found[1] == "IN", found[2] and f"{found[2]}[]"
        value = f"${position}::{type_}" if type_ else f"${position}"
        if is_in and type_:
            value = f"(SELECT {value})::{type_}"  # the cast: an array, not the rows of the sub-select
        return f"{'= ANY' if is_in else '<> ALL'}({value})"

    sql, times = re.subn(rf"\b(NOT IN|IN) \(\${position}(?:::([A-Z ]+))?\)", array, sql)
    if not times:
        raise TypeError(f"the list at ${position} is not that of an IN: {sql}")
    return sql


def _row_maker(statement: Any, dialect: Dialect) -> Callable[[Iterable[Any]], list[Row]]:
    """What turns the driver's records into rows; nothing but a tuple copy where no column needs reading."""
    columns = list(getattr(statement, "exported_columns", ()))
    names = [str(column.key or column.name or "_") for column in columns]
    make: Callable[[Any], Row] = _named("Row", names, rename=True)._make
    readers: list[tuple[int, Processor]] = []
    for index, column in enumerate(columns):
        reader = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if reader is not None:
            readers.append((index, reader))
    if not readers:
        return lambda records: list(map(make, records))

    def read(records: Iterable[Any]) -> list[Row]:
        out = []
        for record in records:
            values = list(record)
            for index, reader in readers:
                if values[index] is not None:
                    values[index] = reader(values[index])
            out.append(make(values))
        return out

    return read
