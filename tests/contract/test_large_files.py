"""Files of 64 MiB go through the desk, in and out, without ever being in memory as a whole."""

import asyncio
import contextlib
import dataclasses
import hashlib
import json
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontdesk.backends.local_files import LocalFiles
from frontdesk.domain import content as c
from frontdesk.domain.message import Author, AuthorType, Direction
from frontdesk.features.attachments.uploads import Uploads
from frontdesk.features.delivery.deliverer import Deliverer
from frontdesk.features.ingest.files import Fetcher
from frontdesk.kit.http import HttpClient
from frontdesk.kit.spool import kept, pieces, size_of
from frontdesk.ports.channel import Connection, FetchedMedia, OutboundFile, OutboundMessage, Sent
from frontdesk.runtime import channels
from frontdesk.store import tables as t
from frontdesk.store.drafts import Draft
from frontdesk.store.engine import Store
from frontdesk.testing import RecordingHttp
from tests.channels.messenger import inbox as messenger
from tests.channels.slack import inbox as slack
from tests.channels.telegram import inbox as telegram
from tests.channels.whatsapp import inbox as whatsapp
from tests.features.scene import PaperInboxes, Scene, said, until, working

SIZE = 64 * 1024 * 1024
ALLOWED = 12 * 1024 * 1024
"""Of memory, at the same time: the file is five times as large."""
PIECE = bytes(64 * 1024)
DIGEST = hashlib.sha256(bytes(SIZE)).hexdigest()
PDF = c.Document(media=c.Media(filename="plans.pdf"))


@dataclasses.dataclass(slots=True)
class Provider:
    """Gives one large file, and throws away what it is given."""

    origin: str
    taken: list[int] = dataclasses.field(default_factory=list)

    def answer(self) -> bytes:
        """To any call: whatever any provider says when all is well."""
        told: dict[str, Any] = {
            "ok": True, "id": "9", "messages": [{"id": "w"}], "upload_url": f"{self.origin}/up",
            "file_id": "F1", "url": f"{self.origin}/large.bin", "mime_type": "application/pdf",
            "attachment_id": "A1", "message_id": "m", "recipient_id": "1",
            "result": {"message_id": 1, "chat": {"id": 1}}, "channel": {"id": "D0"},
        }  # fmt: skip
        return json.dumps(told).encode()


@contextlib.asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            await exchange(reader, writer)
        writer.close()

    async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(
            (int(line[15:]) for line in head.split("\r\n") if line.startswith("content-length:")), 0
        )
        left = length
        while left and (chunk := await reader.read(min(left, len(PIECE)))):
            left -= len(chunk)
        one.taken.append(length - left)
        is_file = "/large.bin" in head.split("\r\n")[0]
        body = b"" if is_file else one.answer()
        size = SIZE if is_file else len(body)
        writer.write(
            f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n".encode() + body
        )
        for _ in range(SIZE // len(PIECE) if is_file else 0):
            writer.write(PIECE)
            await writer.drain()
        await writer.drain()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    one = Provider(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield one


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """Fails where more is needed than allowed."""
    tracemalloc.start(1)
    try:
        tracemalloc.reset_peak()
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < ALLOWED, f"{(peak - before) / 2**20:.1f} MiB"


def at(one: Provider, http: HttpClient, of: Any) -> Connection:
    found: Connection = of.connection(RecordingHttp())
    return dataclasses.replace(found, http=http, base_url=one.origin)


@pytest.mark.parametrize("slug", ["whatsapp", "slack", "messenger"])
async def test_a_file_is_fetched_through_a_file(slug: str, tmp_path: Path) -> None:
    """S0-02, G21: from the provider to the blob store."""
    of = {"whatsapp": whatsapp, "slack": slack, "messenger": messenger}[slug]
    blobs = LocalFiles(tmp_path)
    async with provider() as one, HttpClient.for_origin(one.origin) as http:
        media_id, url = ("77", None) if slug == "whatsapp" else (None, f"{one.origin}/large.bin")
        with little_memory():
            fetched = await channels.find(slug).fetch(media_id, url, at(one, http, of))
            assert not isinstance(fetched.content, bytes)
            with fetched.content:
                blob = await blobs.write(pieces(fetched.content), SIZE)
    assert (blob.size, blob.sha256) == (SIZE, DIGEST)


@pytest.mark.parametrize("slug", ["whatsapp", "slack", "telegram"])
async def test_a_file_is_sent_from_a_file(slug: str) -> None:
    """S0-02: from the blob store to the provider, by form or as it is."""
    of: Any = {"whatsapp": whatsapp, "slack": slack, "telegram": telegram}[slug]
    async with provider() as one, HttpClient.for_origin(one.origin) as http:
        with little_memory():
            body = await kept(large())
            assert not isinstance(body, bytes)
            with body:
                file = OutboundFile(content=body, mime="application/pdf", filename="plans.pdf")
                message: OutboundMessage = of.outgoing(PDF, file=file)
                result = await channels.find(slug).send(message, at(one, http, of))
    assert isinstance(result, Sent), result
    assert SIZE <= max(one.taken) < SIZE + 2000


async def large() -> AsyncIterator[bytes]:
    for _ in range(SIZE // len(PIECE)):
        yield PIECE


async def test_the_desk_keeps_and_sends_it_through_files(store: Store, tmp_path: Path) -> None:
    """S0-02: the workers close what they opened, and the hash is that of the bytes."""
    scene, blobs = await Scene(store).build(), LocalFiles(tmp_path)
    body = await kept(large())
    scene.channel.files["77"] = FetchedMedia(content=body, mime="application/pdf", filename="plans.pdf")
    media = c.Media(source_media_id="77", mime="application/pdf", sha256=DIGEST)
    await scene.receive(said(c.Document(media=media)))
    fetcher = Fetcher(store, PaperInboxes(scene), Uploads(store, blobs, SIZE))
    with little_memory():
        async with working(fetcher.worker()):
            await until(lambda: is_stored(scene))
    assert not isinstance(body, bytes)
    assert body.closed
    (file,) = await scene.all_of(t.attachments)
    assert (file.size, file.sha256) == (SIZE, DIGEST)
    await say(scene, c.Document(media=c.Media(attachment_id=file.id)))
    with little_memory():
        async with working(Deliverer(store, PaperInboxes(scene), blobs).worker()):
            await until(lambda: is_sent(scene))
    (sent,) = [each for each in scene.channel.sent if isinstance(each, OutboundMessage)]
    assert sent.file is not None
    assert not isinstance(sent.file.content, bytes)
    assert sent.file.content.closed


async def say(scene: Scene, content: c.Content) -> None:
    """Queue a message."""
    author, told = Author(AuthorType.AGENT, None, "Olga"), c.content_adapter.dump_json(content).decode()
    conversation_id = (await scene.conversation()).id
    draft = Draft(
        scene.account_id, conversation_id, Direction.OUTGOING, author, content.kind, told, "", queue="deliver"
    )
    await scene.store.append_many([draft])


async def is_stored(scene: Scene) -> bool:
    return [row.state for row in await scene.all_of(t.attachments)] == ["stored"]


async def is_sent(scene: Scene) -> bool:
    return [row.status for row in await scene.all_of(t.deliveries)] == ["sent"]


async def test_what_is_small_stays_in_memory() -> None:
    async def one() -> AsyncIterator[bytes]:
        yield b"little"

    body = await kept(one())
    assert (body, size_of(body), [piece async for piece in pieces(body)]) == (b"little", 6, [b"little"])
