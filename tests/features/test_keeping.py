"""Housekeeping: what has ended goes, what somebody needs stays."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from frontdesk.backends.local_files import LocalFiles
from frontdesk.domain.errors import TooLarge
from frontdesk.features.attachments.keeping import Keeper
from frontdesk.kit.ids import uuid7
from frontdesk.kit.scratch import own_folder
from frontdesk.ports.blobs import BlobMissing, one_chunk
from frontdesk.store import attachments, idempotency, users
from frontdesk.store.attachments import NewAttachment
from frontdesk.store.engine import Store
from frontdesk.store.idempotency import IdempotencyKey
from frontdesk.store.tx import Tx
from frontdesk.store.users import NewSession


async def test_folders_of_killed_processes_go_and_those_in_use_stay(store: Store, tmp_path: Path) -> None:
    left = tmp_path / "scratch-left"
    left.mkdir()
    (left / "0.parquet").write_bytes(b"PAR1")
    with own_folder(tmp_path) as used:
        await Keeper(store, LocalFiles(tmp_path / "files"), tmp_path).clean()
        assert (left.exists(), used.exists()) == (False, True)
    assert not used.exists()


async def test_keys_sessions_and_orphans_go_when_their_time_has_come(store: Store, tmp_path: Path) -> None:
    blobs = LocalFiles(tmp_path / "files")
    kept, orphan, fresh = [await blobs.write(one_chunk(bytes([n])), 10) for n in range(3)]
    account, actor = uuid7(), uuid7()
    key = IdempotencyKey(account, actor, "old", "POST /x", b"h" * 32)
    now = await store.read(lambda tx: tx.now)
    yesterday = (now - timedelta(days=2)).timestamp()
    for blob in (kept, orphan):
        os.utime(tmp_path / "files" / blob.name[:2] / blob.name, (yesterday, yesterday))

    def change(tx: Tx) -> None:
        attachments.add(tx, account, NewAttachment(state="stored", blob=kept.name))
        idempotency.remember(tx, key, 201)
        for ends, name in ((now - timedelta(days=1), b"ended"), (now + timedelta(days=1), b"runs")):
            users.open_session(
                tx,
                NewSession(
                    token_hash=name.ljust(32),
                    account_id=account,
                    user_id=actor,
                    csrf_token="c",
                    user_agent=None,
                    expires_at=ends,
                ),
            )

    await store.write(change)
    await Keeper(store, blobs).clean()
    assert await blobs.read(kept.name) == b"\0"
    assert await blobs.read(fresh.name) == b"\2"
    with pytest.raises(BlobMissing):
        await blobs.read(orphan.name)
    assert await store.read(lambda tx: idempotency.find(tx, key)) is not None
    dropped = await store.write(lambda tx: idempotency.forget(tx, now + timedelta(days=1)))
    assert dropped == 1
    assert await store.read(lambda tx: idempotency.find(tx, key)) is None


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_blob_is_whole_or_not_there(tmp_path: Path) -> None:
    """G17, the part of the blob store."""
    blobs = LocalFiles(tmp_path)

    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="cut"):
        await blobs.write(broken(), 100)
    with pytest.raises(TooLarge):
        await blobs.write(one_chunk(b"x" * 101), 100)
    assert _files(tmp_path) == []
    blob = await blobs.write(one_chunk(b"0123456789"), 100)
    assert b"".join([piece async for piece in blobs.stream(blob.name, 2, 5)]) == b"23456"
    await blobs.delete(blob.name)
    await blobs.delete(blob.name)
    for name in (blob.name, "../secret.key", "", "0" * 31):
        with pytest.raises(BlobMissing):
            await blobs.read(name)
