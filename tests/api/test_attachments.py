"""Files: uploads within limits, signed links, nothing that a browser could run (M-19, refusals 10, 53)."""

import hashlib
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from frontdesk.features.attachments.types import clean_name, type_of
from frontdesk.kit.clock import utc_now
from frontdesk.runtime.settings import LimitSettings
from tests.desk import RunningDesk, running_desk

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


async def test_a_file_comes_back_byte_for_byte(desk: RunningDesk) -> None:
    made = await desk.http.post("/v1/attachments", files={"file": ("ride.png", PNG, "image/png")})
    assert made.status_code == 201
    file = made.json()
    assert (file["mime"], file["size"], file["filename"]) == ("image/png", len(PNG), "ride.png")
    answer = await desk.client().get(file["url"])
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"].startswith("inline")
    assert "sandbox" in answer.headers["content-security-policy"]
    etag = answer.headers["etag"]
    assert etag == f'"{hashlib.sha256(PNG).hexdigest()}"'
    assert (await desk.client().get(file["url"], headers={"If-None-Match": etag})).status_code == 304


async def test_a_part_of_a_file_can_be_had(desk: RunningDesk) -> None:
    file = (await desk.http.post("/v1/attachments", params={"filename": "a.bin"}, content=PNG)).json()
    for header, status, content in (
        ("bytes=0-9", 206, PNG[:10]),
        ("bytes=100-", 206, PNG[100:]),
        ("bytes=-5", 206, PNG[-5:]),
        ("bytes=5-2", 416, None),
        (f"bytes={len(PNG)}-", 416, None),
        ("bytes=a-b", 200, PNG),
        ("lines=1-2", 200, PNG),
        ("bytes=\u00b2-", 200, PNG),
        (f"bytes={'9' * 5000}-", 200, PNG),
    ):
        answer = await desk.client().get(file["url"], headers={b"Range": header.encode("latin-1")})
        assert answer.status_code == status, header
        if content is not None:
            assert answer.content == content


async def test_the_same_bytes_are_kept_once(desk: RunningDesk) -> None:
    for name in ("one.png", "two.png"):
        assert (await desk.http.post("/v1/attachments", files={"file": (name, PNG)})).status_code == 201
    kept = [path for path in (desk.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in kept] == [PNG]
    assert all(len(path.name) == 32 for path in kept)


async def test_links_cannot_be_guessed_and_end(desk: RunningDesk) -> None:
    """Refusal 10."""
    file = (await desk.http.post("/v1/attachments", files={"file": ("a.png", PNG)})).json()
    links = desk.container.desk.links
    token = file["url"].rpartition("/")[2]
    ended = links.token(UUID(file["id"]), utc_now() - timedelta(seconds=1))
    changed = token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1]
    for wrong in (ended, changed, token[:-1], token + "A", file["id"], "..%2f..%2fsecret.key", "x" * 5000):
        answer = await desk.client().get(f"/v1/files/{wrong}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert links.read(token) == UUID(file["id"])


@pytest.mark.parametrize(
    ("name", "declared", "content", "mime", "shown"),
    [
        ("a.svg", "image/svg+xml", SVG, "image/svg+xml", False),
        ("a.png", "image/png", SVG, "application/octet-stream", False),
        ("a.html", "text/html", b"<script>alert(1)</script>", "text/html", False),
        ("a.png.html", "image/png; x=<script>", b"<html>", "application/octet-stream", False),
        ("a.pdf", "application/pdf", b"%PDF-1.7", "application/pdf", False),
        ("a.ogg", "audio/ogg; codecs=opus", b"OggS" + bytes(40), "audio/ogg", True),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04",
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document", False),
        ("../../etc/passwd", "text/plain\r\nX: y", b"root", "application/octet-stream", False),
    ],
)  # fmt: skip
async def test_what_a_browser_could_run_is_only_offered(
    sqlite_url: str, tmp_path: Path, *, name: str, declared: str, content: bytes, mime: str, shown: bool
) -> None:
    """Refusal 53."""
    async with running_desk(sqlite_url, tmp_path, workers=False) as desk:
        if "\r" in declared:
            assert type_of(content, declared) == mime
            return
        file = (await desk.http.post("/v1/attachments", files={"file": (name, content, declared)})).json()
        assert file["mime"] == mime
        answer = await desk.client().get(file["url"])
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("inline" if shown else "attachment")
    assert "/" not in disposition
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_too_large_and_empty_files_are_refused_and_leave_nothing(
    sqlite_url: str, tmp_path: Path
) -> None:
    limits = LimitSettings(upload_bytes=2000)
    async with running_desk(sqlite_url, tmp_path, workers=False, limits=limits) as desk:
        big = await desk.http.post("/v1/attachments", content=b"x" * 2001)
        empty = await desk.http.post("/v1/attachments", content=b"")
        no_file = await desk.http.post("/v1/attachments", data={"file": "text"}, files={"other": b"x"})
        broken = await desk.http.post(
            "/v1/attachments",
            content=b"nonsense",
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
    assert [each.status_code for each in (big, empty, no_file, broken)] == [413, 422, 422, 400]
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_names_of_files_lose_what_is_no_name() -> None:
    assert clean_name("C:\\Users\\x\\photo.jpg") == "photo.jpg"
    assert clean_name("../../etc/passwd") == "passwd"
    assert clean_name('a"b<c>\r\n.txt') == "abc.txt"
    assert clean_name("...") is None
    assert clean_name("é" * 500) == "é" * 200
