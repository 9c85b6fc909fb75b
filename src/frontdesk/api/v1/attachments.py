"""Files: upload them, and fetch them by a signed link that needs nothing else."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Annotated, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.errors import ApiError
from frontdesk.api.once import Once, OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Shown
from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import Conflict, Forbidden, Invalid, Malformed, NotFound
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.attachments.previews import PREVIEW_TYPE
from frontdesk.features.attachments.reads import picture_of
from frontdesk.features.attachments.types import is_shown
from frontdesk.features.attachments.uploads import TakenFile, note
from frontdesk.store import attachments
from frontdesk.store.statement import Row

router = APIRouter(prefix="/v1", tags=["attachments"], route_class=DeskRoute)

Sender = Annotated[Scope, Depends(Needs(Permission.MESSAGES_SEND))]

UPLOAD_SECONDS = 600.0
_PIECE = 256 * 1024
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
_DIGITS = re.compile(r"[0-9]{1,36}")
_HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "private, max-age=86400, immutable",
}


class Picture(Shown):
    """A small picture, at most 640 pixels wide and high."""

    url: str
    width: int
    height: int


class AttachmentRead(Shown):
    """A file of the account. Send it with `media.attachment_id`."""

    id: UUID
    mime: str
    size: int
    filename: str | None
    url: str
    state: str
    scan: ScanState = Field(
        description="A file that is `pending` is served and sent when the virus scanner has found it clean; "
        "`infected` ones never are; `unscanned` ones came when no scanner was set."
    )
    preview: Picture | None = Field(description="A small picture of the file, once it is drawn.")

    @classmethod
    def of(cls, desk: Desk, row: Row) -> Self:
        """From the store's row."""
        url = desk.links.link(row.account_id, row.id)
        preview = picture_of(row, url)
        return cls(
            id=row.id,
            mime=row.mime,
            size=row.size,
            filename=row.filename,
            url=url,
            state=row.state,
            scan=row.scan,
            preview=Picture(**preview) if preview else None,
        )


@router.post("/attachments", status_code=201, openapi_extra=_BODY)
async def upload(
    request: Request,
    desk: DeskDep,
    scope: Sender,
    once: OnceDep,
    filename: Annotated[str | None, Query(max_length=255)] = None,
) -> AttachmentRead:
    """Upload a file, as a form with the field `file` or as the bare body."""
    taken = await take_upload(request, desk, scope, once, filename)
    return await once.write(lambda tx: AttachmentRead.of(desk, note(tx, scope, taken)))


async def take_upload(
    request: Request, desk: Desk, scope: Scope, once: Once, filename: str | None
) -> TakenFile:
    """The file of a request, in the blob store.

    Raises:
        ApiError: It came too slowly (408).
        Malformed: The client went away, or the form cannot be read.
        Invalid: There is no file, or it is empty.
        TooLarge: It is larger than the limit.
        KeyTaken: The Idempotency-Key was used before.
    """
    mime = request.headers.get("content-type", "")
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            if mime.lower().startswith("multipart/"):
                taken = await _take_form(request, desk, scope)
            else:
                pieces = request.stream()
                taken = await desk.uploads.take(scope.account_id, pieces, mime=mime, filename=filename)
    except TimeoutError:
        raise ApiError(408, "The file did not arrive in time.", headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise Malformed("The file ended too early.") from None
    await once.sent(taken.sha256, taken.mime, taken.filename or "")
    return taken


async def _take_form(request: Request, desk: Desk, scope: Scope) -> TakenFile:
    async with request.form(max_files=1, max_fields=4) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("Send the file in this field of the form.", field="file")
        return await desk.uploads.take(
            scope.account_id, _pieces(file), mime=file.content_type, filename=file.filename
        )


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


@router.get("/files/{token}", responses={200: {"content": {"application/octet-stream": {}}}})
async def download(token: str, desk: DeskDep, request: Request) -> Response:
    """A file, for whoever has a link to it. Shown in place only if no browser could run it."""
    row = await _opened(desk, token)
    headers = _headers(row)
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        wanted = None
    start, length = _range(wanted, row.size)
    status = 200 if length is None else 206
    if length is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{row.size}"
    headers["Content-Length"] = str(row.size if length is None else length)
    stream = desk.uploads.blobs.stream(row.blob, start, length)
    return StreamingResponse(stream, status, headers, media_type=row.mime)


@router.get("/files/{token}/preview", responses={200: {"content": {PREVIEW_TYPE: {}}}})
async def preview(token: str, desk: DeskDep, request: Request) -> Response:
    """The small picture of a file, for whoever has a link to the file."""
    row = await _opened(desk, token)
    if row.preview_blob is None:
        raise NotFound("This file has no preview.")
    headers = _HARMLESS | {"Content-Disposition": "inline", "ETag": f'"{row.preview_blob}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    stream = desk.uploads.blobs.stream(row.preview_blob)
    return StreamingResponse(stream, 200, headers, media_type=PREVIEW_TYPE)


async def _opened(desk: Desk, token: str) -> Row:
    """The file that a token opens.

    Raises:
        NotFound: There is none.
        Conflict: It is still being checked.
        Forbidden: A virus was found in it.
    """
    attachment_id = desk.links.read(token)
    row = None
    if attachment_id is not None:
        row = await desk.store.read(lambda tx: attachments.find(tx, attachment_id))
    if row is None or row.blob is None:
        raise NotFound("There is no such file (any more).")
    if row.scan == ScanState.PENDING:
        raise Conflict("The file is still being checked for viruses.", hint="Ask again in a moment.")
    if row.scan == ScanState.INFECTED:
        raise Forbidden("The virus scanner found something in this file.")
    return row


def _headers(row: Row) -> dict[str, str]:
    kind = "inline" if is_shown(row.mime) else "attachment"
    name = quote(row.filename or "file", safe="")
    return _HARMLESS | {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{name}",
        "ETag": f'"{row.sha256}"',
        "Accept-Ranges": "bytes",
    }


def _range(header: str | None, size: int) -> tuple[int, int | None]:
    """Start and length of a single range; the whole file for none and for anything odd (RFC 9110, 14.2)."""
    unit, _, spec = (header or "").partition("=")
    first, separator, last = spec.partition("-")
    if unit != "bytes" or not separator or not _DIGITS.fullmatch(first + last):
        return 0, None
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last.isdigit() else size - 1
    if start > end:
        raise ApiError(416, "The file has no such range.", headers={"Content-Range": f"bytes */{size}"})
    return start, end - start + 1
