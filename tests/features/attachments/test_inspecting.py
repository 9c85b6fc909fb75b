"""Files are looked at when they have come: the message is there all the while (M-19, Refusal 55)."""

import hashlib
from collections.abc import AsyncIterable
from typing import Any

import pytest

from frontdesk.domain.content import Image, Media
from frontdesk.features.attachments.inspecting import Inspector
from frontdesk.features.attachments.keeping import Keeper
from frontdesk.features.attachments.uploads import Uploads, note
from frontdesk.features.ingest.files import Fetcher
from frontdesk.ports.channel import FetchedMedia
from frontdesk.ports.scanner import ScanFailed
from frontdesk.store import file_checks, jobs, media
from frontdesk.store import tables as t
from frontdesk.store.engine import Store
from tests.features.attachments.pictures import picture
from tests.features.scene import PaperBlobs, PaperInboxes, Scene, said, until, working

PNG = picture("PNG", (1000, 500))


class PaperScanner:
    """Says what the test laid out: a threat's name, None, or no verdict."""

    def __init__(self, *answers: str | ScanFailed | None) -> None:
        self.answers, self.given = list(answers), list[bytes]()

    async def scan(self, chunks: AsyncIterable[bytes]) -> str | None:
        self.given.append(b"".join([chunk async for chunk in chunks]))
        answer = self.answers.pop(0)
        if isinstance(answer, ScanFailed):
            raise answer
        return answer

    async def close(self) -> None:
        pass


@pytest.fixture
async def scene(store: Store) -> Scene:
    return await Scene(store).build()


async def nothing_waits(scene: Scene) -> bool:
    return await scene.all_of(t.jobs) == []


async def shown(scene: Scene) -> dict[str, Any]:
    (message,) = await scene.read((await scene.conversation()).id)
    assert message["content"]["caption"] == "c"
    found: dict[str, Any] = message["content"]["media"]
    return found


async def arrive(scene: Scene, blobs: PaperBlobs, *, is_scanned: bool) -> None:
    """A customer's picture comes, and is fetched."""
    scene.channel.files["77"] = FetchedMedia(content=PNG, mime="image/png", filename=None)
    await scene.receive(said(Image(media=Media(source_media_id="77", mime="image/png"), caption="c")))
    uploads = Uploads(scene.store, blobs, 10**6, is_scanned=is_scanned)
    async with working(Fetcher(scene.store, PaperInboxes(scene), uploads).worker()):
        await until(lambda: is_stored(scene))


async def is_stored(scene: Scene) -> bool:
    return [row.state for row in await scene.all_of(t.attachments)] == ["stored"]


async def look(scene: Scene, blobs: PaperBlobs, scanner: PaperScanner | None) -> None:
    async with working(Inspector(scene.store, blobs, scanner).worker()):
        await until(lambda: nothing_waits(scene))


async def test_a_clean_picture_waits_is_shown_and_gets_a_preview(scene: Scene) -> None:
    blobs, scanner = PaperBlobs(), PaperScanner(None)
    await arrive(scene, blobs, is_scanned=True)
    file = await shown(scene)
    assert (file["state"], file["scan"], file["url"]) == ("stored", "pending", None)
    await look(scene, blobs, scanner)
    file = await shown(scene)
    assert scanner.given == [PNG]
    assert (file["state"], file["scan"], file["url"]) == (
        "stored",
        "clean",
        f"/files/{file['attachment_id']}",
    )
    assert file["preview"] == {"url": f"{file['url']}/preview", "width": 640, "height": 320}
    told = [event.type for event in await scene.log() if event.type.startswith("attachment.")]
    assert told == ["attachment.stored", "attachment.checked", "attachment.checked"]
    await Keeper(scene.store, blobs).clean()
    assert len(blobs.kept) == 2


async def test_what_is_infected_is_not_to_be_had_and_the_message_stays(scene: Scene) -> None:
    """Refusal 55; so are files of the account with the same bytes that came before there was a scanner."""
    blobs = PaperBlobs()
    before = await Uploads(scene.store, blobs, 10**6).take_bytes(
        scene.account_id, PNG, mime="image/png", filename="same.png"
    )
    earlier = await scene.store.write(lambda tx: note(tx, scene.owner, before))
    assert earlier.scan == "unscanned"
    scene.channel.files["77"] = FetchedMedia(content=PNG, mime="image/png", filename=None)
    await scene.receive(said(Image(media=Media(source_media_id="77", mime="image/png"), caption="c")))
    scanner = PaperScanner("Eicar-Test-Signature")
    uploads = Uploads(scene.store, blobs, 10**6, is_scanned=True)
    fetcher, inspector = (
        Fetcher(scene.store, PaperInboxes(scene), uploads),
        Inspector(scene.store, blobs, scanner),
    )
    async with working(fetcher.worker(), inspector.worker()):
        await until(lambda: nothing_waits(scene))
    file = await shown(scene)
    assert (file["state"], file["scan"], file["url"], file.get("preview")) == (
        "stored",
        "infected",
        None,
        None,
    )
    rows = await scene.all_of(t.attachments)
    assert {(row.scan, row.threat) for row in rows} == {("infected", "Eicar-Test-Signature")}
    assert {row.sha256 for row in rows} == {hashlib.sha256(PNG).hexdigest()}
    assert len({row.blob for row in rows}) == 1


async def test_a_file_without_a_verdict_waits_on_and_is_a_dead_letter(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scanner that is away is asked again; without a verdict nobody has the file until it is replayed."""
    monkeypatch.setattr("frontdesk.features.attachments.inspecting.random.uniform", lambda _a, _b: 0.001)
    blobs = PaperBlobs()
    await arrive(scene, blobs, is_scanned=True)
    away, large = ScanFailed("away"), ScanFailed("too large", retryable=False)
    await look(scene, blobs, PaperScanner(away, away, large))
    assert ((await shown(scene))["scan"], (await shown(scene))["url"]) == ("pending", None)
    (letter,) = await scene.all_of(t.dead_letters)
    assert (letter.queue, letter.reason) == ("inspect", "too large")
    await scene.store.write(lambda tx: jobs.replay(tx, scene.account_id, letter.id))
    await look(scene, blobs, PaperScanner(None))
    assert (await shown(scene))["scan"] == "clean"


async def test_what_waits_is_let_go_when_the_scanner_was_taken_away(scene: Scene) -> None:
    blobs = PaperBlobs()
    await arrive(scene, blobs, is_scanned=True)
    await look(scene, blobs, None)
    file = await shown(scene)
    assert (file["scan"], file["preview"]["width"]) == ("unscanned", 640)


async def test_the_same_picture_both_ways_is_one_file_and_one_preview(scene: Scene) -> None:
    """M-19: stored once, whoever sent it; without a scanner it is shown at once."""
    blobs = PaperBlobs()
    await arrive(scene, blobs, is_scanned=False)
    file = await shown(scene)
    assert (file["scan"], file["url"]) == ("unscanned", f"/files/{file['attachment_id']}")
    await look(scene, blobs, None)
    taken = await Uploads(scene.store, blobs, 10**6).take_bytes(
        scene.account_id, PNG, mime="image/png", filename="again.png"
    )
    upload = await scene.store.write(lambda tx: note(tx, scene.owner, taken))
    await look(scene, blobs, None)
    first, second = sorted(await scene.all_of(t.attachments), key=lambda row: row.id)
    assert second.id == upload.id
    assert (first.blob, first.preview_blob) == (second.blob, second.preview_blob)
    assert (second.preview_width, second.preview_height) == (640, 320)
    assert len(blobs.kept) == 2


async def test_another_account_does_not_share(store: Store) -> None:
    blobs = PaperBlobs()
    one, two = await Scene(store).build(), await Scene(store).build()
    for scene in (one, two):
        taken = await Uploads(store, blobs, 10**6).take_bytes(
            scene.account_id, PNG, mime="image/png", filename=None
        )
        await store.write(lambda tx, scene=scene, taken=taken: note(tx, scene.owner, taken))  # type: ignore[misc]
    rows = await one.all_of(t.attachments)
    assert len({row.blob for row in rows}) == 2
    (mine,) = [row for row in rows if row.account_id == one.account_id]
    await store.write(lambda tx: file_checks.infected(tx, mine, "X"))
    (theirs,) = [row for row in await one.all_of(t.attachments) if row.account_id == two.account_id]
    assert theirs.scan == "unscanned"
    found = await store.read(lambda tx: media.get(tx, two.account_id, theirs.id))
    assert found.threat is None
