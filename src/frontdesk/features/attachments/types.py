"""What a file is: its media type by its first bytes, and whether a browser may show it in place.

A type is believed only where the bytes agree. Whatever could run in a browser (HTML, SVG, scripts) is only
ever offered for download.
"""

import mimetypes
import re

_SIGNATURES: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"GIF87a", 0, "image/gif"),
    (b"GIF89a", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypavif", 4, "image/avif"),
    (b"ftypheic", 4, "image/heic"),
    (b"OggS", 0, "audio/ogg"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"#!AMR", 0, "audio/amr"),
    (b"WAVE", 8, "audio/wav"),
    (b"fLaC", 0, "audio/flac"),
    (b"ftypM4A", 4, "audio/mp4"),
    (b"ftyp3gp", 4, "video/3gpp"),
    (b"ftypqt", 4, "video/quicktime"),
    (b"ftyp", 4, "video/mp4"),
    (b"\x1aE\xdf\xa3", 0, "video/webm"),
    (b"%PDF-", 0, "application/pdf"),
    (b"PK\x03\x04", 0, "application/zip"),
)
_FAMILIES = ("image/", "audio/", "video/")
_ALIKE = {
    "audio/ogg": {"audio/ogg", "audio/opus", "video/ogg", "application/ogg"},
    "audio/mpeg": {"audio/mpeg", "audio/mp3"},
    "audio/wav": {"audio/wav", "audio/x-wav", "audio/wave"},
    "video/mp4": {"video/mp4", "audio/mp4", "audio/aac", "video/3gpp", "audio/m4a", "audio/x-m4a"},
    "video/webm": {"video/webm", "audio/webm", "video/x-matroska"},
    "audio/mp4": {"audio/mp4", "audio/m4a", "audio/x-m4a", "audio/aac"},
}
_ZIPPED = re.compile(r"application/(vnd\.[a-z0-9.\-]+|epub\+zip|zip|x-zip-compressed|java-archive)")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+\-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+\-]{0,62}")
_SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "audio/ogg", "audio/opus",
        "audio/mpeg", "audio/mp3", "audio/mp4", "audio/aac", "audio/amr", "audio/wav", "audio/x-wav",
        "audio/webm", "audio/flac", "video/mp4", "video/webm", "video/3gpp", "video/quicktime",
    }
)  # fmt: skip
UNKNOWN = "application/octet-stream"
_NAME_LENGTH = 200


def type_of(head: bytes, declared: str | None, filename: str | None = None) -> str:
    """The media type of a file with these first bytes, as far as it can be believed."""
    said = (declared or "").partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(said) or said == UNKNOWN:
        said = mimetypes.guess_type(filename or "")[0] or UNKNOWN
    found = next((kind for sign, at, kind in _SIGNATURES if head[at : at + len(sign)] == sign), None)
    if found is None:
        return UNKNOWN if said.startswith(_FAMILIES) and said != "image/svg+xml" else said
    if found == "application/zip":
        return said if _ZIPPED.fullmatch(said) else found
    return said if said in _ALIKE.get(found, {found}) else found


def is_shown(mime: str | None) -> bool:
    """Whether a browser may show a file of this type in place."""
    return mime in _SHOWN


def clean_name(name: str | None) -> str | None:
    """A file name without folders and control characters, at most 200 characters."""
    if name is None:
        return None
    last = re.split(r"[/\\]", name)[-1]
    cleaned = "".join(each for each in last if each.isprintable() and each not in '<>:"|?*').strip(" .")
    return cleaned[:_NAME_LENGTH] or None
