"""One suite for every place that keeps the bytes of files (M-19): local files, and S3 by moto's server."""

import asyncio
import contextlib
import hashlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from frontdesk.domain.errors import Busy, TooLarge
from frontdesk.ports.blobs import BlobMissing, Blobs, one_chunk
from frontdesk.runtime.blobs import open_blobs
from frontdesk.runtime.diagnosis import examine_files
from frontdesk.runtime.settings import Settings
from tests.services.s3 import S3Server, s3_server

TOMORROW = timedelta(days=1)
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")


@pytest.fixture(params=["local_files", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "local_files":
        return Settings(data_dir=tmp_path)
    address = request.getfixturevalue("server").address(f"desk/{tmp_path.name}")
    return Settings(data_dir=tmp_path, blobs=address)


@pytest.fixture
async def blobs(settings: Settings) -> AsyncIterator[Blobs]:
    async with open_blobs(settings) as opened:
        yield opened


async def _all(blobs: Blobs) -> list[str]:
    return [name async for name in blobs.older(datetime.now(UTC) + TOMORROW)]


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def test_what_is_written_is_read_byte_for_byte(blobs: Blobs) -> None:
    content = bytes(range(256)) * 10
    blob = await blobs.write(_pieces(content[:7], b"", content[7:]), 10_000)
    assert (blob.size, blob.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (blob.head, len(blob.name)) == (content[:512], 32)
    assert await blobs.read(blob.name) == content
    assert await _all(blobs) == [blob.name]


async def test_a_large_file_goes_through_in_pieces(blobs: Blobs) -> None:
    """More than two of S3's parts, of which the last is small."""
    pieces = [bytes([number]) * MIB for number in range(17)]
    blob = await blobs.write(_pieces(*pieces), 100 * MIB)
    assert (blob.size, blob.sha256) == (17 * MIB, hashlib.sha256(b"".join(pieces)).hexdigest())
    digest, largest = hashlib.sha256(), 0
    async for piece in blobs.stream(blob.name):
        digest.update(piece)
        largest = max(largest, len(piece))
    assert digest.hexdigest() == blob.sha256
    assert largest <= 256 * 1024


async def test_a_part_of_a_file_can_be_streamed(blobs: Blobs) -> None:
    blob = await blobs.write(one_chunk(b"0123456789"), 10)
    for start, length, expected in (
        (0, 3, b"012"),
        (7, None, b"789"),
        (8, 9, b"89"),
        (2, 0, b""),
        (10, 5, b""),
    ):
        found = b"".join([piece async for piece in blobs.stream(blob.name, start, length)])
        assert found == expected, (start, length)


async def test_an_empty_file_is_a_file(blobs: Blobs) -> None:
    blob = await blobs.write(_pieces(), 10)
    assert (blob.size, await blobs.read(blob.name)) == (0, b"")


async def test_too_large_leaves_nothing(blobs: Blobs) -> None:
    """M-19: refused by the rule, before the rest is taken; also after parts went out."""
    for pieces, limit in (([b"x" * 11], 10), ([b"x" * MIB] * 20, 18 * MIB)):
        with pytest.raises(TooLarge):
            await blobs.write(_pieces(*pieces), limit)
    assert await _all(blobs) == []


async def test_a_source_that_breaks_leaves_nothing(blobs: Blobs) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b"x" * MIB
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await blobs.write(broken(), 100 * MIB)
    assert await _all(blobs) == []


async def test_a_cancelled_write_leaves_nothing(blobs: Blobs) -> None:
    reached = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 9 * MIB
        reached.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(20):
        task = asyncio.get_running_loop().create_task(blobs.write(endless(), 100 * MIB))
        await reached.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert task.cancelled()
    assert await _all(blobs) == []


async def test_what_is_not_there_is_said_to_be_missing(blobs: Blobs) -> None:
    for name in ("0" * 32, "../secret.key", ""):
        with pytest.raises(BlobMissing):
            await blobs.read(name)
        with pytest.raises(BlobMissing):
            await anext(blobs.stream(name))


async def test_a_deleted_file_is_gone_and_deleting_again_is_no_error(blobs: Blobs) -> None:
    blob = await blobs.write(one_chunk(b"x"), 10)
    await blobs.delete(blob.name)
    await blobs.delete(blob.name)
    with pytest.raises(BlobMissing):
        await blobs.read(blob.name)


async def test_only_those_older_are_listed(blobs: Blobs) -> None:
    blob = await blobs.write(one_chunk(b"x"), 10)
    assert [name async for name in blobs.older(datetime.now(UTC) - TOMORROW)] == []
    assert await _all(blobs) == [blob.name]


async def test_doctor_writes_reads_and_deletes(settings: Settings, blobs: Blobs) -> None:
    (finding,) = await examine_files(settings)
    assert finding.is_well
    assert finding.evidence.endswith("written, read and deleted")
    assert await _all(blobs) == []


async def test_a_bucket_that_is_not_there_is_told(server: S3Server, tmp_path: Path) -> None:
    (finding,) = await examine_files(Settings(data_dir=tmp_path, blobs=server.address("nobody")))
    assert not finding.is_well
    assert "NoSuchBucket" in finding.evidence


async def test_a_server_that_is_away_is_told(tmp_path: Path) -> None:
    away = "s3://desk?endpoint=http://127.0.0.1:9"
    async with open_blobs(Settings(data_dir=tmp_path, blobs=away)) as blobs:
        with pytest.raises(Busy, match="not reached"):
            await blobs.write(one_chunk(b"x"), 10)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("ftp://x/y", "unknown store 'ftp'; use file:///absolute/folder or s3://bucket/prefix"),
        ("s3://", "must look like s3://bucket/prefix"),
        ("s3://key:secret@bucket/x", "must look like s3://bucket/prefix"),
        ("s3://bucket?key=1", "does not know key"),
        ("s3://bucket?endpoint=minio:9000", "needs an endpoint with https://"),
        ("file://relative", "file:///absolute/folder"),
    ],
)
def test_an_address_that_is_none_is_refused_with_those_that_are(address: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(blobs=address)
    assert words in str(refused.value)


async def test_a_folder_can_be_named(tmp_path: Path) -> None:
    async with open_blobs(Settings(data_dir=tmp_path / "a", blobs=f"file://{tmp_path}/b%20c")) as blobs:
        blob = await blobs.write(one_chunk(b"x"), 10)
    assert (tmp_path / "b c" / blob.name[:2] / blob.name).read_bytes() == b"x"


def test_a_desk_without_s3_loads_none_of_it() -> None:
    code = (
        "import sys, frontdesk.runtime.server, frontdesk.backends.s3\n"
        "print(sorted({'aiobotocore', 'botocore', 'aiohttp', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
