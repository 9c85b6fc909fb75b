"""What is uploaded to harm: names that mislead, files that are two things, bombs (M-19, Refusals 53, 54)."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from frontdesk.runtime.settings import LimitSettings
from tests.desk import RunningDesk, running_desk
from tests.features.attachments.pictures import claimed

GIF_SCRIPT = b"GIF89a/*" + bytes(20) + b"*/=1;alert(document.domain)//"
PDF_PAGE = b"%PDF-1.7\n<html><script>alert(1)</script>"
MIB = 1024 * 1024


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncIterator[RunningDesk]:
    """One engine is enough: nothing here depends on it."""
    limits = LimitSettings(upload_bytes=4 * MIB, requests_per_minute=10**6)
    async with running_desk(sqlite_url, tmp_path, limits=limits) as running:
        yield running


def kept(desk: RunningDesk) -> list[Path]:
    return [path for path in (desk.settings.data_dir / "files").rglob("*") if path.is_file()]


async def test_refusal_53_a_name_leads_nowhere(desk: RunningDesk) -> None:
    """Traversal, drive letters, streams, control characters, zero width, right-to-left override."""
    for number, (name, expected) in enumerate(
        [
            ("../../../../etc/cron.d/x", "x"),
            ("..\\..\\windows\\system32\\x.dll", "x.dll"),
            ("/etc/passwd", "passwd"),
            ("C:\\autoexec.bat", "autoexec.bat"),
            ("a.txt:stream", "a.txtstream"),
            ("..", None),
            ("in\u200bvoice\u200d.pdf\ufeff", "invoice.pdf"),
            ("invoice\u202efdp.exe", "invoicefdp.exe"),
            ("photo.jpg.html", "photo.jpg.html"),
            ("a\x00.png", "a.png"),
            ("x\r\nContent-Type: text/html", "xContent-Type text/html".rpartition("/")[2]),
            ('"><img src=x onerror=alert(1)>.png', "img src=x onerror=alert(1).png"),
            ("%2e%2e%2fx", "%2e%2e%2fx"),
            (" .htaccess ", "htaccess"),
        ]
    ):
        content = b"%d bottles" % number
        made = await desk.http.post("/v1/attachments", params={"filename": name}, content=content)
        assert made.status_code == 201, (name, made.text)
        file = made.json()
        assert file["filename"] == expected, name
        answer = await desk.client().get(file["url"])
        disposition = answer.headers["content-disposition"]
        assert re.fullmatch(r"attachment; filename\*=UTF-8''[A-Za-z0-9._~%-]+", disposition), name
        assert answer.content == content
    folders = {path.parent.parent for path in kept(desk)}
    assert folders == {desk.settings.data_dir / "files"}
    assert all(re.fullmatch(r"[0-9a-f]{32}", path.name) for path in kept(desk))
    assert not any(path.stat().st_mode & 0o111 for path in kept(desk))


TWO_THINGS = [
    ("a.svg", "image/svg+xml; charset=utf-8", b"<svg onload='alert(1)'/>", "image/svg+xml"),
    ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream"),
    ("a.gif", "text/html", GIF_SCRIPT, "image/gif"),
    ("a.pdf", "text/html", PDF_PAGE, "application/pdf"),
    ("a.html", "application/xhtml+xml", b"<html/>", "application/xhtml+xml"),
    ("a.jpg", "image/jpeg", b"\xff\xd8\xff<?php system($_GET[0]);", "image/jpeg"),
    ("a.wav", "audio/wav", b"<html>", "application/octet-stream"),
    ("bill.pdf.exe", "application/pdf", b"MZ\x90", "application/pdf"),
    ("a.js", "text/javascript", b"alert(1)", "text/javascript"),
    ("a.mht", "multipart/related; boundary=x", b"MIME-Version: 1.0", "multipart/related"),
]


async def test_refusal_53_what_is_two_things_runs_as_neither(desk: RunningDesk) -> None:
    """A browser neither guesses another type nor runs anything of a file, nor has a cookie of ours there."""
    for name, declared, content, mime in TWO_THINGS:
        file = (await desk.http.post("/v1/attachments", files={"file": (name, content, declared)})).json()
        assert file["mime"] == mime, name
        answer = await desk.client().get(file["url"], headers={"Accept": "text/html"})
        head = answer.headers
        assert (answer.status_code, answer.content) == (200, content), name
        assert head["x-content-type-options"] == "nosniff"
        assert head["content-security-policy"] == "default-src 'none'; sandbox"
        assert "set-cookie" not in head
        shown = mime in {"image/gif", "image/jpeg"}
        assert head["content-disposition"].startswith("inline" if shown else "attachment"), name


async def test_refusal_54_bombs_are_kept_packed_or_refused(desk: RunningDesk) -> None:
    """Nothing that is packed is unpacked: not an archive, not a body, not a picture beyond its bounds."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(50 * MIB))
    files = {"file": ("a.zip", packed.getvalue(), "application/zip")}
    made = (await desk.http.post("/v1/attachments", files=files)).json()
    assert (made["mime"], made["size"]) == ("application/zip", len(packed.getvalue()))

    bomb = gzip.compress(json.dumps({"name": "x" * 40 * MIB}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    refused = await desk.http.post("/v1/conversations", content=bomb, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")

    huge = claimed(60_000, 60_000, 50)
    made = (await desk.http.post("/v1/attachments", files={"file": ("a.png", huge, "image/png")})).json()
    answer = await desk.client().get(made["url"])
    assert (answer.status_code, answer.content == huge) == (200, True)

    fields = {f"f{number}": "x" for number in range(1000)}
    many = await desk.http.post("/v1/attachments", data=fields, files={"file": b"x"})
    two = await desk.http.post("/v1/attachments", files=[("file", b"x"), ("more", b"y")])
    assert [many.status_code, two.status_code] == [400, 400]


async def test_m_19_a_file_above_the_limit_is_refused_by_the_rule(desk: RunningDesk) -> None:
    """Whether its size is told or not; the refusal comes while it is being sent, and nothing is left."""

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(12):
            yield bytes(MIB)

    untold = await desk.http.post("/v1/attachments", content=endless())
    told = await desk.http.post("/v1/attachments", content=bytes(4 * MIB + 1))
    form = await desk.http.post("/v1/attachments", files={"file": ("a.bin", bytes(5 * MIB))})
    assert [each.status_code for each in (untold, told, form)] == [413, 413, 413]
    assert {each.json()["code"] for each in (untold, told, form)} == {"too_large"}
    assert kept(desk) == []
    assert (await desk.http.get("/v1/account")).status_code == 200
    assert LimitSettings().upload_bytes == 100 * MIB


async def test_m_19_voice_notes_play_from_anywhere(desk: RunningDesk) -> None:
    """Players ask for ranges; one that asks for what it had of another file gets the whole."""
    voice = b"OggS" + bytes(range(256)) * 40
    files = {"file": ("voice.ogg", voice, "audio/ogg; codecs=opus")}
    file = (await desk.http.post("/v1/attachments", files=files)).json()
    whole = await desk.client().get(file["url"])
    assert (whole.headers["content-type"], whole.headers["accept-ranges"]) == ("audio/ogg", "bytes")
    assert whole.headers["content-disposition"].startswith("inline")
    part = await desk.client().get(file["url"], headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, voice[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(voice)}"
    assert part.headers["content-length"] == "100"
    same = {"Range": "bytes=0-3", "If-Range": whole.headers["etag"]}
    assert (await desk.client().get(file["url"], headers=same)).content == b"OggS"
    other = {"Range": "bytes=0-3", "If-Range": '"other"'}
    assert (await desk.client().get(file["url"], headers=other)).status_code == 200
