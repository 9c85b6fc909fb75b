"""Histories in Parquet: a row a line, with the line itself and the columns people ask for first."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from frontdesk.store.parquet import Kind, Row, read_column, write_rows

LINE = "line"
"""The column that an import reads; the others say the same, to be asked for."""
_TEXTS = (
    "type", "id", "inbox", "contact", "conversation", "direction", "kind", "text", "author_type",
    "author_name", "status", "source_id", "name", "sha256",
)  # fmt: skip
_WORDS = ("body", "text", "caption", "title")
"""Where the content's kinds keep their words."""
_TIMES = ("created_at", "resolved_at")
_COLUMNS = {
    **dict.fromkeys(_TEXTS, Kind.TEXT),
    **dict.fromkeys(_TIMES, Kind.TIME),
    LINE: Kind.NEEDED_TEXT,
}


def write_lines(lines: Iterable[bytes], out: IO[bytes], scratch: Path | None = None) -> None:
    """Write a history's lines as one Parquet file. Blocks as long as that takes.

    Args:
        lines: JSON, with or without their ends.
        out: Where to.
        scratch: Folder for what has to wait on disk; None: the system's.

    Raises:
        Invalid: The package that writes Parquet is missing.
    """
    write_rows(out, _COLUMNS, (_row(line.decode().rstrip("\n")) for line in lines), scratch)


def read_lines(file: IO[bytes], scratch: Path | None = None) -> Iterator[bytes]:
    """The lines of a Parquet file, from its beginning, where it stands.

    Raises:
        Invalid: It is not one of ours, or the package that reads Parquet is missing.
    """
    for line in read_column(file, LINE, scratch):
        yield line.encode()


def _row(line: str) -> Row:
    """What a row says: the line, and some of it again."""
    told = json.loads(line)
    author, content = told.get("author") or {}, told.get("content")
    found: dict[str, Any] = {name: told.get(name) for name in (*_TEXTS, *_TIMES)}
    found |= {"author_type": author.get("type"), "author_name": author.get("name"), LINE: line}
    found["created_at"] = told.get("created_at") or told.get("opened_at")
    if told.get("delivery"):
        found["status"] = told["delivery"]["status"]
    if content:
        found["kind"] = content["kind"]
        found["text"] = next((content[name] for name in _WORDS if content.get(name)), None)
    return [found[name] for name in _COLUMNS]
