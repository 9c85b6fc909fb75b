"""Files at Meta: what may be uploaded, how large, and how a file is described."""

import base64
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from frontdesk.simulators.base import StoredFile, keep
from frontdesk.simulators.whatsapp.errors import GraphError, missing
from frontdesk.simulators.whatsapp.state import State

MEBIBYTE = 1024 * 1024
LIMITS: dict[str, int] = {
    "audio/aac": 16 * MEBIBYTE,
    "audio/amr": 16 * MEBIBYTE,
    "audio/mpeg": 16 * MEBIBYTE,
    "audio/mp4": 16 * MEBIBYTE,
    "audio/ogg": 16 * MEBIBYTE,
    "image/jpeg": 5 * MEBIBYTE,
    "image/png": 5 * MEBIBYTE,
    "image/webp": 500 * 1024,
    "video/mp4": 16 * MEBIBYTE,
    "video/3gpp": 16 * MEBIBYTE,
    "text/plain": 100 * MEBIBYTE,
    "application/pdf": 100 * MEBIBYTE,
    "application/msword": 100 * MEBIBYTE,
    "application/vnd.ms-excel": 100 * MEBIBYTE,
    "application/vnd.ms-powerpoint": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": 100 * MEBIBYTE,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": 100 * MEBIBYTE,
}
"""Media types and their largest sizes in bytes (Meta, "Media", supported media types)."""


def media_type(written: str) -> str:
    """A media type without its parameters."""
    return written.partition(";")[0].strip().lower()


def store(state: State, content: bytes, mime: str, filename: str | None = None) -> StoredFile:
    """Keep a file as Meta would. Raises GraphError for what it does not take."""
    limit = LIMITS.get(media_type(mime))
    if limit is None:
        listed = ", ".join(LIMITS)
        title = f"Param file must be a file with one of the following types: {listed}."
        raise GraphError(100, title=f"{title} Received file of type '{mime}'.")
    if not content or len(content) > limit:
        raise GraphError(131053, f"The file has {len(content)} bytes; {mime} may have 1 to {limit}.")
    return keep(state, state.ids.number(15), content, mime, filename)


async def upload(request: Request, state: State) -> StoredFile:
    """Read Meta's upload form: `messaging_product`, `type` and `file`. Raises GraphError."""
    try:
        form = await request.form(max_files=1, max_fields=10)
    except (HTTPException, ClientDisconnect, ValueError) as error:
        raise GraphError(100, "The request is not a multipart form.") from error
    try:
        if form.get("messaging_product") != "whatsapp":
            raise missing("messaging_product")
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise missing("file")
        written = file.content_type or form.get("type")
        mime = written if isinstance(written, str) else ""
        content = await file.read(max(LIMITS.values()) + 1)
        return store(state, content, mime, file.filename)
    finally:
        await form.close()


def described(media: StoredFile, url: str) -> dict[str, Any]:
    """A file as the media endpoint tells it; the address serves the bytes to the same bearer."""
    return {
        "messaging_product": "whatsapp",
        "url": url,
        "mime_type": media.mime,
        "sha256": media.sha256,
        "file_size": len(media.content),
        "id": media.id,
    }


def in_message(media: StoredFile) -> dict[str, Any]:
    """A file as an incoming message names it: the hash is base64 there."""
    digest = base64.b64encode(bytes.fromhex(media.sha256)).decode()
    return {"mime_type": media.mime, "sha256": digest, "id": media.id}
