"""Previews are drawn within bounds of size, memory and time, by a process of their own (M-19, Refusal 54)."""

import asyncio
import io
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from frontdesk.features.attachments import drawing, previews
from frontdesk.ports.blobs import one_chunk
from tests.features.attachments.pictures import claimed, picture


async def test_a_picture_becomes_a_small_one() -> None:
    """M-19, by the process that draws in the product."""
    drawn = await previews.draw(one_chunk(picture("PNG", (1200, 800), "RGBA")))
    assert drawn is not None
    assert (drawn.width, drawn.height) == (640, 427)
    with Image.open(io.BytesIO(drawn.content)) as shown:
        assert (shown.format, shown.size, shown.mode) == ("WEBP", (640, 427), "RGBA")


def test_small_pictures_stand_for_themselves() -> None:
    assert drawing.draw(picture("WEBP", (640, 480))) is None
    drawn = drawing.draw(picture("PNG", (641, 20)))
    assert drawn is not None
    assert drawn[:2] == (640, 20)


def test_pictures_stand_upright_and_tell_nothing_else() -> None:
    """The place where a photo was taken does not go into its preview."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "maker of the camera"
    content = picture("JPEG", (1400, 700), exif=exif)
    assert b"maker of the camera" in content
    drawn = drawing.draw(content)
    assert drawn is not None
    assert drawn[:2] == (320, 640)
    assert b"maker" not in drawn[2]


def test_of_moving_pictures_the_first_frame() -> None:
    frames = [Image.new("RGB", (700, 700), colour) for colour in ("red", "blue", "green")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    drawn = drawing.draw(written.getvalue())
    assert drawn is not None
    with Image.open(io.BytesIO(drawn[2])) as shown:
        assert getattr(shown, "n_frames", 1) == 1
        red, green, blue = shown.convert("RGB").getpixel((4, 4))  # type: ignore[misc]
        assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize(
    "content",
    [
        claimed(40_000, 40_000, 1000), claimed(65_535, 65_535, 1), claimed(100_000, 1000, 1000),
        picture("PNG")[:-200], picture("TIFF"), picture("BMP"), b"GIF89a", b"", b"%PDF-1.7",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>', b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"\xff\xd8\xff\xe0" + bytes(100), b"%!PS\n(a) show",
    ],
    ids=lambda content: content[:4].hex() + f"-{len(content)}",
)  # fmt: skip
def test_bombs_and_what_is_no_picture_are_not_drawn(content: bytes) -> None:
    """Refusal 54: a picture of 1.6e9 pixels, one of 4.3e9, cut ones, and formats that are not decoded."""
    assert drawing.draw(content) is None


async def test_a_bomb_costs_a_process_and_nothing_else() -> None:
    """Refusal 54."""
    assert await previews.draw(one_chunk(claimed(40_000, 40_000, 100))) is None


def test_the_process_that_draws_has_bounds() -> None:
    """Refusal 54: more memory than allowed is not to be had, nor a file to write."""
    code = (
        "import tempfile\n"
        "from frontdesk.features.attachments import drawing\n"
        "file = tempfile.TemporaryFile(buffering=0)\n"
        "drawing._bound()\n"
        "for attempt in (lambda: bytearray(2 * drawing._MEMORY), lambda: file.write(b'x')):\n"
        "    try:\n"
        "        attempt()\n"
        "    except (MemoryError, OSError) as error:\n"
        "        print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["MemoryError", "OSError"]


async def test_drawing_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusal 54."""
    monkeypatch.setattr(previews, "DRAW_SECONDS", 0.3)

    async def endless() -> AsyncIterator[bytes]:
        yield b"\x89PNG"
        await asyncio.Event().wait()

    assert await previews.draw(endless()) is None


async def test_a_file_larger_than_allowed_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    assert previews.is_drawn("image/png", previews.MOST_BYTES)
    assert not previews.is_drawn("image/png", previews.MOST_BYTES + 1)
    assert not previews.is_drawn("image/svg+xml", 10)
    assert not previews.is_drawn("application/pdf", 10)

    async def too_much() -> AsyncIterator[bytes]:
        yield picture("PNG")
        for _ in range(40):
            yield bytes(1024 * 1024)

    assert await previews.draw(too_much()) is None
