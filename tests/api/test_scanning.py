"""Files and the virus scanner, as callers meet it over HTTP, with a clamd at the end (M-19, Refusal 55)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.desk import RunningDesk, running_desk, until
from tests.features.attachments.pictures import picture
from tests.services.scanners import EICAR, THREAT, FakeScanner, clamd

PNG = picture("PNG", (900, 900))


@pytest.fixture
async def scanner() -> AsyncIterator[FakeScanner]:
    async with clamd() as running:
        yield running


@pytest.fixture
async def scanned(sqlite_url: str, tmp_path: Path, scanner: FakeScanner) -> AsyncIterator[RunningDesk]:
    async with running_desk(sqlite_url, tmp_path, virus_scan=scanner.address) as running:
        yield running


async def upload(desk: RunningDesk, name: str, content: bytes, mime: str) -> dict[str, Any]:
    made = await desk.http.post("/v1/attachments", files={"file": (name, content, mime)})
    assert made.status_code == 201, made.text
    file: dict[str, Any] = made.json()
    assert (file["scan"], file["preview"], file["state"]) == ("pending", None, "stored")
    return file


async def send(desk: RunningDesk, file: dict[str, Any], talk: str, kind: str = "image") -> Any:
    content = {"kind": kind, "media": {"attachment_id": file["id"]}}
    return await desk.http.post(f"/v1/conversations/{talk}/messages", json={"content": content})


async def conversation(desk: RunningDesk) -> str:
    inbox = await desk.owner.inbox()
    contact = await desk.owner.contact("Nora", ("phone", "+34600111222"))
    body = {"inbox_id": inbox["id"], "contact_id": str(contact)}
    made = await desk.owner.post("/v1/conversations", body)
    found: str = made["id"]
    return found


async def test_m_19_nobody_has_a_file_before_it_was_found_clean(
    scanned: RunningDesk, scanner: FakeScanner
) -> None:
    scanner.open.clear()
    file, talk = await upload(scanned, "ride.png", PNG, "image/png"), await conversation(scanned)
    waiting = await scanned.client().get(file["url"])
    assert (waiting.status_code, waiting.json()["code"]) == (409, "conflict")
    assert waiting.headers["cache-control"] == "no-store"
    assert (await scanned.client().get(f"{file['url']}/preview")).status_code == 409
    message = (await send(scanned, file, talk)).json()
    assert (message["content"]["media"]["scan"], message["content"]["media"]["url"]) == ("pending", None)
    await until(lambda: scanner.given, what="the scan")
    assert scanned.channel.sent == []
    scanner.open.set()
    await until(lambda: scanned.channel.sent, seconds=30, what="the sending")
    assert scanned.channel.sent[0].file is not None
    assert scanned.channel.sent[0].file.content == PNG

    async def drawn() -> Any:
        media = (await scanned.owner.get(f"/v1/messages/{message['id']}"))["content"]["media"]
        return media if media.get("preview") else None

    media = await until(drawn, seconds=30, what="the preview")
    assert (media["scan"], media["preview"]["width"], media["preview"]["height"]) == ("clean", 640, 640)
    assert scanner.given == [PNG]
    small = await scanned.client().get(media["preview"]["url"])
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    assert small.content[8:12] == b"WEBP"
    assert small.headers["x-content-type-options"] == "nosniff"
    assert small.headers["content-security-policy"] == "default-src 'none'; sandbox"
    again = {"If-None-Match": small.headers["etag"]}
    assert (await scanned.client().get(media["preview"]["url"], headers=again)).status_code == 304
    assert (await scanned.client().get(f"/v1/files/{'x' * 48}/preview")).status_code == 404


async def test_refusal_55_an_infected_file_is_never_served_and_never_sent(
    scanned: RunningDesk, scanner: FakeScanner
) -> None:
    scanner.open.clear()
    file, talk = (
        await upload(scanned, "bill.pdf.exe", b"MZ" + EICAR, "image/png"),
        await conversation(scanned),
    )
    sent = await send(scanned, file, talk, "document")
    assert sent.status_code == 201
    scanner.open.set()

    async def failed() -> Any:
        message = await scanned.owner.get(f"/v1/messages/{sent.json()['id']}")
        return message if message["status"] == "failed" else None

    message = await until(failed, seconds=30, what="the failure")
    assert message["failure"] == {
        "code": "file_infected", "message": f"The file holds a virus: {THREAT}.", "retryable": False,
    }  # fmt: skip
    media = message["content"]["media"]
    assert (media["scan"], media["url"], media["state"]) == ("infected", None, "stored")
    assert scanned.channel.sent == []
    for header in ({}, {"Range": "bytes=0-9"}, {"If-None-Match": "*"}):
        answer = await scanned.client().get(file["url"], headers=header)
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
        assert EICAR not in answer.content
    again = await send(scanned, file, talk, "document")
    assert (again.status_code, again.json()["errors"][0]["field"]) == (422, "content.media.attachment_id")
    assert scanned.channel.sent == []
