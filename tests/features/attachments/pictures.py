"""Pictures for tests, and things that only look like some."""

import io
import struct
import zlib
from typing import Any

from PIL import Image


def picture(kind: str = "PNG", size: tuple[int, int] = (1200, 800), mode: str = "RGB", **more: Any) -> bytes:
    """A picture of one colour, in RGB or RGBA."""
    written = io.BytesIO()
    Image.new(mode, size, (200, 40, 40, 128)[: len(mode)]).save(written, kind, **more)
    return written.getvalue()


def claimed(width: int, height: int, rows: int) -> bytes:
    """A PNG that says it is so large and packs so many white rows: a bomb."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compressobj(9)
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    content = b"".join([packed.compress(row) for _ in range(rows)]) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", content) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
