"""Histories in Parquet: a row a line, with the line itself and the columns people ask for first.

Written and read in row groups, so that memory stays small whatever the size. Needs `frontdesk[parquet]`.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from frontdesk.domain.errors import Invalid

if TYPE_CHECKING:
    import pyarrow as pa

LINE = "line"
"""The column that an import reads; the others say the same, to be asked for."""
_TEXTS = (
    "type", "id", "inbox", "contact", "conversation", "direction", "kind", "text", "author_type",
    "author_name", "status", "source_id", "name", "sha256",
)  # fmt: skip
_WORDS = ("body", "text", "caption", "title")
"""Where the content's kinds keep their words."""
_TIMES = ("created_at", "resolved_at")
_ROWS, _BYTES = 5_000, 4 * 1024 * 1024


class ParquetWriter:
    """Writes lines as Parquet. To be closed, or the file has no end.

    Args:
        out: Where to.

    Raises:
        Invalid: The package that writes Parquet is missing.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._pa, parquet = _pyarrow()
        self._schema = self._pa.schema(
            [
                *(self._pa.field(name, self._pa.string()) for name in _TEXTS),
                *(self._pa.field(name, self._pa.timestamp("us", tz="UTC")) for name in _TIMES),
                self._pa.field(LINE, self._pa.string(), nullable=False),
            ]
        )
        self._writer = parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[dict[str, Any]] = []
        self._bytes = 0

    def add(self, line: str) -> None:
        """Write a line, sooner or later."""
        self._rows.append(_columns(line))
        self._bytes += len(line)
        if len(self._rows) >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def close(self) -> None:
        """Write what is left and the end."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(self._table(self._pa))
        self._rows, self._bytes = [], 0

    def _table(self, pa: "pa") -> Any:
        columns = [pa.array([row.get(name) for row in self._rows], pa.string()) for name in _TEXTS]
        for name in _TIMES:
            texts = pa.array([row.get(name) for row in self._rows], pa.string())
            columns.append(texts.cast(pa.timestamp("us", tz="UTC")))
        columns.append(pa.array([row[LINE] for row in self._rows], pa.string()))
        return pa.Table.from_arrays(columns, schema=self._schema)


def read_lines(file: BinaryIO, batch: int = 500) -> Iterator[bytes]:
    """The lines of a Parquet file.

    Raises:
        Invalid: It is not one of ours, or the package that reads Parquet is missing.
    """
    pa, parquet = _pyarrow()
    try:
        opened = parquet.ParquetFile(file)
        if LINE not in opened.schema_arrow.names:
            raise Invalid(
                f"The Parquet file has no column {LINE!r}.",
                field="file",
                hint="Import what `frontdesk export` wrote; see docs/histories.md.",
            )
        for rows in opened.iter_batches(batch_size=batch, columns=[LINE]):
            for value in rows.column(0):
                yield str(value).encode()
    except (pa.ArrowException, OSError) as error:
        raise Invalid(
            f"The Parquet file cannot be read: {error}"[:300], field="file", hint="Export or send it again."
        ) from None


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, and slow to load
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise Invalid(
            "Parquet needs the package pyarrow, which is not installed.",
            field="format",
            hint="Install the extra: pip install 'frontdesk[parquet]'. Or use JSON Lines.",
        ) from None
    return pa, parquet


def _columns(line: str) -> dict[str, Any]:
    """What a row says besides its line."""
    told = json.loads(line)
    author, content = told.get("author") or {}, told.get("content")
    found = {name: told.get(name) for name in (*_TEXTS, *_TIMES)}
    found |= {"author_type": author.get("type"), "author_name": author.get("name"), LINE: line}
    found["created_at"] = told.get("created_at") or told.get("opened_at")
    if told.get("delivery"):
        found["status"] = told["delivery"]["status"]
    if content:
        found["kind"] = content["kind"]
        found["text"] = next((content[name] for name in _WORDS if content.get(name)), None)
    return found
