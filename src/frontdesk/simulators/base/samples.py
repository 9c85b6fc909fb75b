"""A small built-in set of files for the phones to send: made here byte by byte, but for the film."""

import functools
import struct
import zlib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Sample:
    """A file a phone can send."""

    content: bytes
    mime: str
    filename: str


@functools.cache
def sample(kind: str) -> Sample:
    """The built-in file for a kind of message. Raises KeyError for a kind without files."""
    return {
        "image": lambda: Sample(_picture(320, 240), "image/png", "ride.png"),
        "audio": lambda: Sample(_silence(100), "audio/ogg; codecs=opus", "note.ogg"),
        "voice": lambda: Sample(_silence(150), "audio/ogg; codecs=opus", "voice.ogg"),
        "video": lambda: Sample(_film(), "video/mp4", "clip.mp4"),
        "document": lambda: Sample(_page("Invoice 2026-041 - Rill Bikes"), "application/pdf", "invoice.pdf"),
        "sticker": lambda: Sample(_sticker(), "image/webp", "sticker.webp"),
    }[kind]()


def _picture(width: int, height: int) -> bytes:
    """A landscape at dusk: sky, sun, two hills and a road."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += _colour(x / width, y / height)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, content)
        for name, content in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    )


def _colour(x: float, y: float) -> bytes:
    if y > 0.62 + 0.10 * (x - 0.3) ** 2 * 4:
        is_road = abs(x - 0.5 - (y - 0.8) * 0.3) < 0.02 + (y - 0.6) * 0.18
        return b"\x5b\x60\x6b" if is_road else b"\x3f\x7d\x58"
    if y > 0.5 + 0.5 * (x - 0.75) ** 2:
        return b"\x5a\x99\x70"
    if (x - 0.72) ** 2 + ((y - 0.3) * 0.75) ** 2 < 0.006:
        return b"\xff\xf1\xc9"
    return bytes((int(90 + 160 * y), int(130 + 90 * y), int(205 - 40 * y)))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _silence(frames: int) -> bytes:
    """An Ogg file with so many 20 ms frames of silent Opus."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 9) + b"frontdesk" + struct.pack("<I", 0)
    pages = [_ogg_page(0, 2, 0, [head]), _ogg_page(1, 0, 0, [tags])]
    for start in range(0, frames, 50):
        count = min(50, frames - start)
        is_last = start + count == frames
        pages.append(
            _ogg_page(len(pages), 4 if is_last else 0, (start + count) * 960, [b"\xf8\xff\xfe"] * count)
        )
    return b"".join(pages)


def _ogg_page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    sizes = bytes(len(packet) for packet in packets)
    page = bytearray(
        struct.pack("<4sBBqIIIB", b"OggS", 0, flags, position, 0x5EED, number, 0, len(sizes))
        + sizes
        + b"".join(packets)
    )
    page[22:26] = struct.pack("<I", _ogg_sum(page))
    return bytes(page)


def _ogg_sum(page: bytes | bytearray) -> int:
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x8000_0000 else value << 1
        value &= 0xFFFF_FFFF
    return value


def _film() -> bytes:
    """Three seconds of a bicycle ride: H.264 in MP4, without sound, which every browser plays."""
    return (files(__package__) / "clip.mp4").read_bytes()


def _page(text: str) -> bytes:
    """A one-page PDF."""
    drawing = f"BT /F1 20 Tf 60 760 Td ({text}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length " + str(len(drawing)).encode() + b">>stream\n" + drawing + b"\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj" % number + content + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    tail = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n"
    return bytes(body + tail + str(len(body)).encode() + b"\n%%EOF\n")


def _sticker(size: int = 192) -> bytes:
    """A red heart as lossless WebP (RFC 9649): one colour, and one bit of alpha for each pixel."""
    bits: list[int] = []

    def put(value: int, count: int) -> None:
        bits.extend(value >> place & 1 for place in range(count))

    put(size - 1, 14)
    put(size - 1, 14)
    put(1, 1)  # alpha is used
    put(0, 3 + 3)  # version; no transform, no colour cache, one group of codes
    for level in (0x3B, 0xE5, 0x4B):  # green, red, blue: a code of one symbol takes no bit at all
        put(0b101, 3)
        put(level, 8)
    put(0b111, 3)  # alpha: two symbols, 0 and 255
    put(0, 8)
    put(255, 8)
    put(0b0001, 4)  # distances: one symbol, never used
    for place in range(size * size):
        put(_is_heart((place % size) / size * 3 - 1.5, 1.4 - (place // size) / size * 3), 1)
    content = bytes(
        sum(bit << place for place, bit in enumerate(bits[start : start + 8]))
        for start in range(0, len(bits), 8)
    )
    chunk = b"VP8L" + struct.pack("<I", len(content) + 1) + b"\x2f" + content
    chunk += b"\x00" * (len(chunk) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def _is_heart(x: float, y: float) -> bool:
    return (x * x + y * y - 1) ** 3 < x * x * y**3
