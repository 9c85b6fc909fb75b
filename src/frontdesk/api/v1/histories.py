"""Everything of an account out, and in again: exports are streamed, imports come whole and are taken then."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from tempfile import TemporaryFile
from typing import Annotated, BinaryIO, Self, cast

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import ClientDisconnect, Request
from starlette.responses import StreamingResponse

from frontdesk.api.auth import Needs
from frontdesk.api.desk import Desk, DeskDep
from frontdesk.api.errors import ApiError
from frontdesk.api.once import OnceDep
from frontdesk.api.route import DeskRoute
from frontdesk.api.v1.fields import Line, Shown
from frontdesk.domain.errors import Malformed
from frontdesk.domain.scope import Permission, Scope
from frontdesk.features.histories.archives import Format, Spool, pieces, spool
from frontdesk.features.histories.files import FileKeeper
from frontdesk.features.histories.importing import LISTED, Imported, Importer, Options
from frontdesk.features.histories.sources import Source
from frontdesk.kit.clock import utc_now
from frontdesk.store import accounts

router = APIRouter(prefix="/v1", tags=["histories"], route_class=DeskRoute)

Owner = Annotated[Scope, Depends(Needs(Permission.ACCOUNT_MANAGE))]

STALLED_SECONDS = 60.0
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORMATS = {form.mime: _BINARY for form in Format}
_BODY = {"requestBody": {"required": True, "content": _FORMATS | {"application/octet-stream": _BINARY}}}


class RejectedLine(Shown):
    """A line that was not taken."""

    line: int
    field: str | None
    problem: str
    cure: str | None


class ImportRead(Shown):
    """What came of an import, by the type of line."""

    added: dict[str, int]
    known: dict[str, int] = Field(description="What was there already and stayed as it is.")
    rejected_count: int
    rejected: list[RejectedLine] = Field(description=f"The first {LISTED} lines that were not taken.")

    @classmethod
    def of(cls, done: Imported) -> Self:
        """From what the importer says."""
        rejected = [
            RejectedLine(line=each.number, field=each.field, problem=each.problem, cure=each.cure)
            for each in done.rejected
        ]
        return cls(added=done.added, known=done.known, rejected_count=done.refused, rejected=rejected)


@router.get("/export", response_class=StreamingResponse, responses={200: {"content": _FORMATS}})
async def export(
    desk: DeskDep,
    scope: Owner,
    form: Annotated[
        Format, Query(alias="format", description="`zip` and `parquet.zip` hold the bytes of files, too.")
    ] = Format.ZIP,
) -> StreamingResponse:
    """Everything of the account, of one moment: contacts, conversations, messages, files. No secrets."""
    stack = AsyncExitStack()
    try:
        spooled = Spool(_scratch(stack, desk), _scratch(stack, desk), desk.config.scratch)
        await desk.store.read(lambda tx: spool(tx, scope.account_id, form, spooled), snapshot=True)
    except BaseException:
        await stack.aclose()
        raise
    headers = {"Content-Disposition": f'attachment; filename="{_name(utc_now())}.{form}"'}
    return StreamingResponse(_sent(desk, form, spooled, stack), headers=headers, media_type=form.mime)


@router.post("/import", openapi_extra=_BODY)
async def import_history(
    request: Request,
    desk: DeskDep,
    scope: Owner,
    once: OnceDep,
    inbox: Annotated[
        Line | None, Query(description="Name or id of the inbox of conversations that name none.")
    ] = None,
) -> ImportRead:
    """Take in a history as the export writes it, in any of its formats. Ids and dates stay; nothing is sent.

    Nothing is taken before all has come. What is there already stays as it is, so it can be sent again.
    """
    async with AsyncExitStack() as stack:
        file = _scratch(stack, desk)
        await once.sent(await _receive(request, file))
        source = await asyncio.to_thread(Source, file, desk.config.scratch)
        row = await desk.store.read(lambda tx: accounts.get(tx, scope))
        uploads = desk.uploads
        files = FileKeeper(desk.store, uploads.blobs, uploads.limit, source, is_scanned=uploads.is_scanned)
        options = Options(inbox=inbox, simulated=bool(row.simulated))
        importer = Importer(desk.store, scope.account_id, options, _listed, files)
        answer = ImportRead.of(await importer.run(source))
        return await once.write(lambda _tx: answer)


_listed: Callable[[object], None] = lambda _rejected: None  # noqa: E731 - the answer lists them


def _scratch(stack: AsyncExitStack, desk: Desk) -> BinaryIO:
    return cast("BinaryIO", stack.enter_context(TemporaryFile(dir=desk.config.scratch)))


def _name(now: datetime) -> str:
    return f"frontdesk-{now:%Y-%m-%d}"


async def _sent(desk: Desk, form: Format, spooled: Spool, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for piece in pieces(form, spooled, desk.uploads.blobs):
            yield piece


async def _receive(request: Request, file: BinaryIO) -> str:
    """Take the whole body; gives its SHA-256.

    Raises:
        ApiError: Nothing came for a minute (408).
        Malformed: The client went away, or sent nothing.
    """
    stream, taken, digest = request.stream(), 0, hashlib.sha256()
    try:
        while True:
            async with asyncio.timeout(STALLED_SECONDS):
                piece = await anext(stream, None)
            if piece is None:
                break
            taken += len(piece)
            digest.update(piece)
            await asyncio.to_thread(file.write, piece)
    except TimeoutError:
        raise ApiError(408, "The history did not arrive in time.", headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise Malformed("The history ended too early; nothing of it was taken.") from None
    if not taken:
        raise Malformed("Send the history as the body, as the export writes it.")
    return digest.hexdigest()
