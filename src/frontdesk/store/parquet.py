"""Rows into a Parquet file and out of one, by DuckDB: the product's one Parquet engine.

DuckDB sees a folder of its own and nothing else: no other file, no network, no extension. Rows are written in
small parts first, so that memory stays small whatever the size. Needs `frontdesk[parquet]`.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING

from frontdesk.domain.errors import Invalid
from frontdesk.kit.scratch import own_folder

if TYPE_CHECKING:
    import duckdb

Row = Sequence[str | None]

_PIECE = 256 * 1024
_MEMORY = "256MB"
_ROWS, _TEXT = 5_000, 4 * 1024 * 1024
"""What a part holds at most, and so a row group, or a little more."""
_COPY = "COPY ({}) TO $1 (FORMAT parquet, COMPRESSION {}, ROW_GROUP_SIZE {:d})"
_READ = 'SELECT CAST("{}" AS VARCHAR) FROM read_parquet(?, hive_partitioning = false)'


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "VARCHAR"
    NEEDED_TEXT = "VARCHAR NOT NULL"
    TIME = "TIMESTAMPTZ"


def require_parquet() -> None:
    """Say so early if Parquet cannot be had.

    Raises:
        Invalid: The package that reads and writes it is missing.
    """
    try:
        import duckdb  # noqa: F401, PLC0415 - an extra, and slow to load
    except ImportError:
        raise Invalid(
            "Parquet needs the package duckdb, which is not installed.",
            field="format",
            hint="Install the extra: pip install 'frontdesk[parquet]'. Or use JSON Lines.",
        ) from None


def write_rows(out: IO[bytes], columns: Mapping[str, Kind], rows: Iterable[Row], folder: Path | None) -> None:
    """Write a whole Parquet file, the rows in their order. Blocks as long as that takes.

    Args:
        out: Where to.
        columns: Their names, which are ours, and what they hold.
        rows: The values in the order of the columns; times as RFC 3339 says them.
        folder: Where it may keep what does not fit in memory; None: the system's.

    Raises:
        Invalid: The package that writes it is missing.
    """
    with _opened(folder) as (database, own):
        parts, fewest = _write_parts(database, own, columns, rows)
        whole = own / "whole.parquet"
        every = "SELECT * FROM read_parquet($2, hive_partitioning = false)"
        database.execute(_COPY.format(every, "zstd", fewest), [str(whole), [str(part) for part in parts]])
        with whole.open("rb") as written:
            shutil.copyfileobj(written, out, _PIECE)


def read_column(file: IO[bytes], column: str, folder: Path | None) -> Iterator[str]:
    """One column of a Parquet file, from here to its end, in its order.

    Raises:
        Invalid: It cannot be read, has no such column, or the package that reads it is missing.
    """
    with _opened(folder) as (database, own):
        import duckdb  # noqa: PLC0415 - see above

        copied = own / "whole.parquet"
        with copied.open("wb") as copy:
            shutil.copyfileobj(file, copy, _PIECE)
        try:
            names = database.execute("SELECT name FROM parquet_schema(?)", [str(copied)]).fetchall()
            if (column,) not in names:
                raise Invalid(
                    f"The Parquet file has no column {column!r}.",
                    field="file",
                    hint="Import what `frontdesk export` wrote; see docs/histories.md.",
                )
            found = database.execute(_READ.format(column), [str(copied)])
            while row := found.fetchone():
                yield str(row[0])
        except duckdb.Error as error:
            raise _broken(str(error).replace(str(copied), "the file")) from None


@contextmanager
def _opened(folder: Path | None) -> Iterator[tuple["duckdb.DuckDBPyConnection", Path]]:
    """A database in memory that may touch one folder, which is gone afterwards."""
    require_parquet()
    import duckdb  # noqa: PLC0415 - see above

    with own_folder(folder) as own:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": _MEMORY,
            "enable_external_file_cache": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=config) as database:
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET temp_directory = ?", [str(own / "spilled")])
            database.execute("SET allowed_directories = [?]", [str(own)])
            database.execute("SET enable_external_access = false")
            database.execute("SET lock_configuration = true")
            yield database, own


def _write_parts(
    database: "duckdb.DuckDBPyConnection", own: Path, columns: Mapping[str, Kind], rows: Iterable[Row]
) -> tuple[list[Path], int]:
    """The rows in files of one row group each. Answers these, and the rows of the shortest full one."""
    named = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    parts, fewest = list[Path](), _ROWS
    for batch, is_full in _batches(rows):
        database.execute(f"CREATE OR REPLACE TABLE part ({named})")  # TRUNCATE keeps the memory
        appender = database.appender("part")
        try:
            appender.append_rows(batch)
            appender.flush()
        finally:
            appender.clear()
        parts.append(own / f"{len(parts)}.parquet")
        database.execute(_COPY.format("SELECT * FROM part", "snappy", _ROWS), [str(parts[-1])])
        fewest = min(fewest, len(batch)) if is_full else fewest
    return parts, fewest


def _batches(rows: Iterable[Row]) -> Iterator[tuple[list[Row], bool]]:
    """The rows, some at a time, and whether no more fit; at least one batch, if an empty one."""
    batch, text = list[Row](), 0
    for row in rows:
        batch.append(row)
        text += sum(len(value) for value in row if value is not None)
        if len(batch) >= _ROWS or text >= _TEXT:
            yield batch, True
            batch, text = [], 0
    yield batch, False


def _broken(problem: str) -> Invalid:
    return Invalid(
        f"The Parquet file cannot be read: {problem}".partition("\n")[0][:300],
        field="file",
        hint="Export or send it again.",
    )
