"""Histories in Parquet: the columns, the order, little memory, and nothing else within reach. M-15."""

import io
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pytest

from frontdesk.domain.errors import Invalid
from frontdesk.features.histories.parquet import read_lines, write_lines
from frontdesk.runtime.blobs import scratch_of
from frontdesk.runtime.settings import Settings
from frontdesk.store import parquet

MESSAGE = {
    "type": "message", "id": "m-1", "conversation": "c-1", "direction": "outgoing",
    "author": {"type": "agent", "name": "Ana"},
    "content": {"kind": "image", "caption": "Llaves 🚲\nand more"},
    "created_at": "2023-05-01T09:00:00.123456+02:00", "delivery": {"status": "read"},
}  # fmt: skip


def told(file: Path, question: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        return database.execute(question, [str(file)]).fetchall()


def written(lines: Iterable[bytes], folder: Path) -> Path:
    file = folder / "history.parquet"
    with file.open("wb") as out:
        write_lines(lines, out, folder)
    return file


def test_lines_come_back_as_they_were_and_can_be_asked_for(tmp_path: Path) -> None:
    """M-15: texts, and times in UTC to the microsecond; a row a line, in its order."""
    opened = {"type": "conversation", "id": "c-1", "opened_at": "2023-05-01T08:00:00Z", "name": ""}
    lines = [
        json.dumps(each, ensure_ascii=False).encode() for each in ({"type": "frontdesk"}, opened, MESSAGE)
    ]
    file = written([line + b"\n" for line in lines], tmp_path)
    assert list(read_lines(io.BytesIO(file.read_bytes()), tmp_path)) == lines
    asked = (
        "SELECT type, name, kind, text, author_name, status, CAST(created_at AS VARCHAR) FROM read_parquet(?)"
    )
    assert told(file, asked) == [
        ("frontdesk", None, None, None, None, None, None),
        ("conversation", "", None, None, None, None, "2023-05-01 08:00:00+00"),
        ("message", None, "image", "Llaves 🚲\nand more", "Ana", "read", "2023-05-01 07:00:00.123456+00"),
    ]
    schema = told(file, "SELECT name, type, converted_type, repetition_type FROM parquet_schema(?) OFFSET 1")
    texts = (
        "type id inbox contact conversation direction kind text author_type author_name status source_id "
        "name sha256"
    )
    assert [row[:3] for row in schema] == [
        *((name, "BYTE_ARRAY", "UTF8") for name in texts.split()),
        ("created_at", "INT64", "TIMESTAMP_MICROS"),
        ("resolved_at", "INT64", "TIMESTAMP_MICROS"),
        ("line", "BYTE_ARRAY", "UTF8"),
    ]
    assert {str(row[0]): row[3] for row in schema}["name"] == "OPTIONAL"
    assert told(file, "SELECT DISTINCT compression FROM parquet_metadata(?)") == [("ZSTD",)]
    assert [each.name for each in tmp_path.iterdir()] == ["history.parquet"]
    same = file.read_bytes()
    assert written(lines, tmp_path).read_bytes() == same


def test_a_large_history_needs_little_memory_and_keeps_its_order(tmp_path: Path) -> None:
    """M-15: 64 MB of lines, long ones among short ones; a column that only the last line lacks."""
    text = "".join(chr(97 + n * 7919 % 26) for n in range(65_000))

    def lines() -> Iterator[bytes]:
        for number in range(10_999):
            start, size = number % 900, 64_000 if 5_000 <= number < 5_900 else 600
            yield f'{{"type":"contact","id":"{number}","x":"{text[start : start + size]}"}}'.encode()
        yield b'{"type":"contact"}'

    assert sum(len(line) for line in lines()) > 63_000_000
    list(read_lines(io.BytesIO(written([b"{}"], tmp_path).read_bytes())))  # what is loaded once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    file = written(lines(), tmp_path)
    with file.open("rb") as again:
        assert all(read == line for read, line in zip(read_lines(again, tmp_path), lines(), strict=True))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
    assert told(file, "SELECT count(*), count(id) FROM read_parquet(?)") == [(11_000, 10_999)]


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    """Neither a pattern nor a quote nor `column=value` in it means anything."""
    folder = tmp_path / "it's [a]*?" / "line=7"
    folder.mkdir(parents=True)
    assert list(read_lines(io.BytesIO(written([b'{"type":"frontdesk"}'], folder).read_bytes()), folder)) == [
        b'{"type":"frontdesk"}'
    ]


def test_an_empty_history_is_a_file_too(tmp_path: Path) -> None:
    assert list(read_lines(io.BytesIO(written([], tmp_path).read_bytes()))) == []


def test_what_is_not_ours_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """Refusal: the field and the cure are named."""
    whole = written([b'{"type":"frontdesk"}'], tmp_path).read_bytes()
    other = tmp_path / "other.parquet"
    with duckdb.connect() as database:
        database.execute("COPY (SELECT 1 AS lines) TO $1 (FORMAT parquet)", [str(other)])
    for broken, problem in (
        (whole[:-20], "The Parquet file cannot be read: "),
        (b"PAR1", "The Parquet file cannot be read: "),
        (other.read_bytes(), "The Parquet file has no column 'line'."),
    ):
        with pytest.raises(Invalid) as refused:
            list(read_lines(io.BytesIO(broken), tmp_path))
        assert (refused.value.message.startswith(problem), refused.value.field) == (True, "file")
        assert (refused.value.hint is not None, str(tmp_path) in refused.value.message) == (True, False)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["history.parquet", "other.parquet"]


@pytest.mark.parametrize(
    "reach",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_text('https://127.0.0.1:9/x')",
        "COPY (SELECT 1 AS one) TO '/tmp/one.csv'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ],
)
def test_duckdb_reaches_nothing_but_its_own_folder(tmp_path: Path, reach: str) -> None:
    """No file of the machine, no network, no extension, whatever a query may say."""
    with (
        parquet._opened(tmp_path) as (database, _own),
        pytest.raises((duckdb.PermissionException, duckdb.InvalidInputException)),
    ):
        database.execute(reach)


_EXPORTER = """
import io, pathlib, sys
from frontdesk.features.histories.parquet import write_lines

def lines():
    for _ in range(5_001):  # the first part is on disk
        yield b'{"type": "message"}'
    print("half", flush=True)
    sys.stdin.read()

write_lines(lines(), io.BytesIO(), pathlib.Path(sys.argv[1]))
"""


def test_what_an_export_that_was_killed_left_is_swept_at_the_next_start(tmp_path: Path) -> None:
    """M-15: `kill -9` in the middle; nothing is taken from one that is at work."""
    settings = Settings(data_dir=tmp_path)
    command = [sys.executable, "-c", _EXPORTER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as exporter:
        try:
            assert exporter.stdout is not None
            assert exporter.stdout.readline() == b"half\n"
            [folder] = tmp_path.iterdir()
            assert (scratch_of(settings), (folder / "0.parquet").exists()) == (tmp_path, True)
        finally:
            exporter.kill()
        assert exporter.wait() == -signal.SIGKILL
        assert (folder / "0.parquet").exists()
        assert scratch_of(settings) == tmp_path
        assert list(tmp_path.iterdir()) == []
