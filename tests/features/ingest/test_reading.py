"""Receipts are read in order; what cannot be read stops nobody and can be replayed after a fix (G9)."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import pytest

from frontdesk.domain.content import Image, Media, Video
from frontdesk.domain.errors import Malformed
from frontdesk.domain.inbound import InboundEvent
from frontdesk.features.attachments.inspecting import INSPECT_QUEUE
from frontdesk.features.attachments.uploads import Uploads
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.features.ingest.files import Fetcher
from frontdesk.features.ingest.reading import Reader
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed
from frontdesk.store import jobs, receipts
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from frontdesk.store.receipts import Receipt
from frontdesk.store.tx import ReadTx, Row
from tests.features.scene import PaperBlobs, PaperInboxes, Scene, said, status, text, until, working


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


def reader(scene: Scene) -> Reader:
    return Reader(scene.store, PaperInboxes(scene))


async def take(scene: Scene, body: bytes, *events: InboundEvent) -> Receipt:
    """A provider's request comes in, and will be read as these events."""
    scene.channel.events[body] = events
    receipt = Receipt(scene.account_id, scene.inbox_id, "POST", {}, {}, body)
    await scene.store.receive(receipt)
    return receipt


async def nothing_waits(scene: Scene) -> bool:
    return all(job.queue == INSPECT_QUEUE for job in await scene.all_of(t.jobs))


async def states(scene: Scene) -> list[str]:
    rows = sorted(await scene.all_of(t.receipts), key=lambda row: row.id)
    return [row.state for row in rows]


async def test_receipts_are_read_in_their_order(scene: Scene) -> None:
    for n in range(250):
        await take(scene, b"%d" % n, text(f"{n}", source_id=f"m{n}"))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
    messages = await scene.read((await scene.conversation()).id)
    assert [m["content"]["body"] for m in messages] == [f"{n}" for n in range(250)]
    assert await states(scene) == ["done"] * 250
    assert [row.events for row in await scene.all_of(t.receipts)] == [1] * 250


async def test_one_request_of_a_thousand_messages(scene: Scene) -> None:
    """Refusal 35, S0-21."""
    await take(scene, b"big", *(text(f"{n}", source_id=f"m{n}", sender=f"{n % 7}") for n in range(1000)))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
    assert len(await scene.all_of(t.messages)) == 1000
    assert len(await scene.conversations()) == 7


class Poisoned(dict[bytes, Sequence[InboundEvent]]):
    """Payloads of which some break their parser."""

    def __missing__(self, body: bytes) -> Sequence[InboundEvent]:
        if body.startswith(b"deep"):
            raise RecursionError
        raise Malformed("not the provider's shape")


async def test_poison_stops_nobody_and_can_be_replayed(scene: Scene) -> None:
    """G9: one in twenty cannot be read, one in twenty cannot be applied."""
    scene.channel.events = Poisoned()
    bad = []
    for n in range(60):
        if n % 20 == 7:
            receipt = Receipt(scene.account_id, scene.inbox_id, "POST", {}, {}, b"deep%d" % n)
            await scene.store.receive(receipt)
            bad.append(receipt)
        elif n % 20 == 13:
            bad.append(
                await take(scene, b"nul%d" % n, text("a", name="N\0", source_id=f"m{n}", sender=f"nul{n}"))
            )
        else:
            await take(scene, b"%d" % n, text(f"{n}", source_id=f"m{n}"))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
        good = [f"{n}" for n in range(60) if n % 20 not in (7, 13)]
        (row,) = await scene.conversations()
        assert [m["content"]["body"] for m in await scene.read(row.id)] == good
        failed = await scene.store.read(lambda tx: receipts.page(tx, scene.owner))
        assert {each.id for each in failed} == {each.id for each in bad}
        assert {each.reason for each in failed} == {
            "It cannot be read: RecursionError",
            "It cannot be applied: Text must not hold the character NUL (U+0000).",
        }
        letters = await scene.all_of(t.dead_letters)
        assert len(letters) == 6
        assert {bytes(each.body) for each in failed} == {each.body for each in bad}
        for receipt in bad:  # the parser is mended
            scene.channel.events[receipt.body] = [text("mended", source_id=f"x{receipt.id}")]
        for letter in letters[:3]:
            await scene.store.write(lambda tx, letter=letter: jobs.replay(tx, scene.account_id, letter.id))  # type: ignore[misc]
        done = {letter.payload["receipt"] for letter in letters[:3]}
        for each in failed:
            if str(each.id) not in done:
                await scene.store.write(lambda tx, each=each: receipts.replay(tx, scene.account_id, each.id))  # type: ignore[misc]
        await until(lambda: nothing_waits(scene))
    assert await states(scene) == ["done"] * 60
    assert len(await scene.all_of(t.messages)) == 60


async def test_a_job_that_kills_its_worker_is_put_aside(scene: Scene) -> None:
    await take(scene, b"killer", text("a"))
    await take(scene, b"next", text("b"))
    for _ in range(6):  # six workers took the lane and died
        await scene.store.write(lambda tx: jobs.claim(tx, "ingest", lanes=1, lease_seconds=0.001))
        await until(lambda: is_due(scene))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
    assert await states(scene) == ["failed", "done"]
    (letter,) = await scene.all_of(t.dead_letters)
    assert letter.reason == "It stopped the worker again and again."


async def is_due(scene: Scene) -> bool:
    lanes = await scene.all_of(t.lanes)
    now = await scene.store.read(lambda tx: tx.now)
    return all(lane.run_at <= now for lane in lanes)


async def test_receipts_of_a_deleted_inbox_are_kept_as_failed(scene: Scene) -> None:
    await take(scene, b"x", text("a"))
    other = PaperInboxes()
    async with working(Reader(scene.store, other).worker()):
        await until(lambda: nothing_waits(scene))
    assert await states(scene) == ["failed"]
    assert await scene.all_of(t.messages) == []


async def test_a_redelivered_request_has_no_second_effect(scene: Scene) -> None:
    """G3, refusal 34."""
    async with working(reader(scene).worker()):
        for n in range(4):
            first, second = text("a", source_id="m1"), text("b", source_id="m2")
            await take(scene, b"same%d" % n, first, status("m1", "read"), second)
        await until(lambda: nothing_waits(scene))
    assert await states(scene) == ["done"] * 4
    assert [m["source_id"] for m in await scene.read((await scene.conversation()).id)] == ["m1", "m2"]


async def test_events_without_provider_ids_are_applied_once(scene: Scene) -> None:
    """A receipt read twice (a crash after the commit was lost to us) adds nothing."""
    receipt = await take(scene, b"x", replace(text("a"), source_id=None))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
        await scene.store.write(lambda tx: receipts.replay(tx, scene.account_id, receipt.id))
        await until(lambda: nothing_waits(scene))
    assert (await scene.conversation()).last_seq == 1


async def test_many_readers_keep_the_order(scene: Scene) -> None:
    readers = [reader(scene).worker() for _ in range(3)]
    async with working(*readers):
        for n in range(120):
            await take(scene, b"%d" % n, text(f"{n}", source_id=f"m{n}"))
        await until(lambda: nothing_waits(scene))
    messages = await scene.read((await scene.conversation()).id)
    assert [m["content"]["body"] for m in messages] == [f"{n}" for n in range(120)]


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\0" * 20


def fetcher(scene: Scene, blobs: PaperBlobs) -> Fetcher:
    return Fetcher(scene.store, PaperInboxes(scene), Uploads(scene.store, blobs, 1000))


async def photo(scene: Scene, sha256: str | None) -> None:
    await scene.receive(
        said(Image(media=Media(source_media_id="77", mime="image/png", sha256=sha256), caption="c"))
    )


@pytest.mark.parametrize(
    ("kind", "mime", "content"),
    [(Image, "image/png", PNG), (Video, "video/mp4", MP4)],
    ids=["image", "video"],
)
async def test_a_file_is_fetched_checked_and_shown(
    scene: Scene, kind: type[Image | Video], mime: str, content: bytes
) -> None:
    """S0-02, S0-04: bytes stored, hash verified, caption kept."""
    blobs = PaperBlobs()
    scene.channel.files["77"] = FetchedMedia(content=content, mime=mime, filename=None)
    media = Media(source_media_id="77", mime=mime, sha256=digest_hex(content))
    await scene.receive(said(kind(media=media, caption="c")))
    async with working(fetcher(scene, blobs).worker()):
        await until(lambda: nothing_waits(scene))
    (message,) = await scene.read((await scene.conversation()).id)
    shown = message["content"]["media"]
    assert (shown["state"], shown["size"], shown["mime"], message["content"]["caption"]) == (
        "stored", len(content), mime, "c",
    )  # fmt: skip
    assert shown["url"] == f"/files/{shown['attachment_id']}"
    assert list(blobs.kept.values()) == [content]
    event = (await scene.log())[-1]
    assert (event.type, event.subject_id, event.facts["version"]) == ("attachment.stored", message["id"], 2)


def digest_hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def test_other_bytes_than_announced_are_not_taken(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontdesk.features.ingest.files.TRIES", 2)
    monkeypatch.setattr("frontdesk.features.ingest.files.random.uniform", lambda _a, _b: 0.001)
    scene.channel.files["77"] = FetchedMedia(content=PNG, mime="image/png", filename=None)
    await photo(scene, digest_hex(b"other"))
    async with working(fetcher(scene, PaperBlobs()).worker()):
        await until(lambda: nothing_waits(scene))
    (message,) = await scene.read((await scene.conversation()).id)
    assert (message["content"]["media"]["state"], message["content"]["media"]["url"]) == ("failed", None)
    assert (await scene.log())[-2].type == "attachment.failed"
    (letter,) = await scene.all_of(t.dead_letters)
    assert letter.reason == "The file is not the one that was announced."


async def test_a_file_that_is_gone_is_given_up_and_can_be_replayed(scene: Scene) -> None:
    scene.channel.files["77"] = MediaFetchFailed("gone", retryable=False)
    await photo(scene, None)
    async with working(fetcher(scene, PaperBlobs()).worker()):
        await until(lambda: nothing_waits(scene))
        (file,) = await scene.all_of(t.attachments)
        assert (file.state, file.error) == ("failed", "gone")
        scene.channel.files["77"] = FetchedMedia(content=PNG, mime="image/png", filename=None)
        (letter,) = await scene.all_of(t.dead_letters)
        await scene.store.write(lambda tx: jobs.replay(tx, scene.account_id, letter.id))
        await until(lambda: nothing_waits(scene))
    (message,) = await scene.read((await scene.conversation()).id)
    assert message["content"]["media"]["state"] == "stored"


async def test_a_fetch_that_can_heal_is_tried_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontdesk.features.ingest.files.random.uniform", lambda _a, _b: 0.001)
    scene.channel.files["77"] = MediaFetchFailed("busy", retryable=True)
    await photo(scene, None)
    async with working(fetcher(scene, PaperBlobs()).worker()):
        await until(lambda: was_tried(scene))
        scene.channel.files["77"] = FetchedMedia(content=PNG, mime="image/png", filename=None)
        await until(lambda: nothing_waits(scene))
    (file,) = await scene.all_of(t.attachments)
    assert file.state == "stored"


async def was_tried(scene: Scene) -> bool:
    return any(job.attempts for job in await scene.all_of(t.jobs))


async def test_a_lane_whose_handling_failed_goes_on_soon(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G12: trouble of a moment does not hold an inbox up until its lease ends."""
    monkeypatch.setattr("frontdesk.features.jobs.worker._AGAIN_SECONDS", 0.05)
    working_reader = reader(scene)
    opening = working_reader._inboxes.open
    troubles = [RuntimeError("a moment's trouble")]

    async def open_later(inbox_id: UUID) -> OpenInbox:
        if troubles:
            raise troubles.pop()
        return await opening(inbox_id)

    monkeypatch.setattr(working_reader._inboxes, "open", open_later)
    await take(scene, b"x", text("a"))
    async with working(working_reader.worker()):
        await until(lambda: nothing_waits(scene), seconds=10)
    assert await states(scene) == ["done"]


async def test_large_bodies_are_not_held_all_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """G11: memory is bounded by bytes, not by the number of requests."""
    monkeypatch.setattr("frontdesk.features.ingest.reading._BYTES_AT_ONCE", 1000)
    held: list[int] = []
    many = receipts.many

    def watched(tx: ReadTx, ids: Sequence[UUID]) -> dict[UUID, Row]:
        held.append(len(ids))
        return many(tx, ids)

    monkeypatch.setattr(receipts, "many", watched)
    for n in range(6):
        await take(scene, b"%d" % n + b"x" * 700, text(f"{n}", source_id=f"m{n}"))
    async with working(reader(scene).worker()):
        await until(lambda: nothing_waits(scene))
    assert held == [1] * 6
    messages = await scene.read((await scene.conversation()).id)
    assert [m["content"]["body"] for m in messages] == [f"{n}" for n in range(6)]
