"""Draws the small picture of a file: a program of its own, so that no picture can harm the desk.

Reads the file from standard input and writes a line with width and height, then a WebP picture, to standard
output; leaves with status 3 if the file is no picture that it draws. It bounds its own memory and time before
it reads a byte, decodes four formats only and no more pixels than allowed. Run it as `python -m`.
"""

import io
import sys

LARGEST = 640
"""Width and height that a preview has at most."""
SMALL_BYTES = 256 * 1024
"""A picture that is no larger in pixels than a preview, and no larger than this, stands for itself."""
MOST_PIXELS = 64_000_000
MOST_BYTES = 32 * 1024 * 1024
NOT_DRAWN = 3
_MEMORY = 1024 * 1024 * 1024
_CPU_SECONDS = 15
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP")


def draw(content: bytes) -> tuple[int, int, bytes] | None:
    """Width, height and bytes of the preview of a picture; None if it is none, is small, or is too large.

    Of moving pictures the first frame; turned as its EXIF says, and without anything else of its metadata.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - nothing else of the desk loads it

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # Pillow refuses from twice as many on
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            if max(picture.size) <= LARGEST and len(content) <= SMALL_BYTES:
                return None
            picture.draft("RGB", (LARGEST * 2, LARGEST * 2))  # JPEG: decoded at a fraction of its size
            picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
            upright = ImageOps.exif_transpose(picture)
            shown = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            written = io.BytesIO()
            shown.save(written, "WEBP", quality=80, method=4)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError, Warning):
        return None
    return shown.width, shown.height, written.getvalue()


def _bound() -> None:
    """Bound this process: memory, processor time, no files to write and no children."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on every system

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> int:
    """Draw what comes in."""
    _bound()
    content = sys.stdin.buffer.read(MOST_BYTES + 1)
    drawn = draw(content) if len(content) <= MOST_BYTES else None
    if drawn is None:
        return NOT_DRAWN
    width, height, picture = drawn
    sys.stdout.buffer.write(b"%d %d\n" % (width, height) + picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
