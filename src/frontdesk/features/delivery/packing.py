"""What a channel gets of a letter: its files, the messages before it, and the links that it may name."""

import dataclasses
import json
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit
from uuid import UUID

from frontdesk.domain.attachment import ScanState
from frontdesk.domain.errors import Busy
from frontdesk.domain.inbound import Address
from frontdesk.features.conversations.arrivals import file_of, files_of
from frontdesk.features.delivery.letters import Letter
from frontdesk.features.inboxes.inboxes import OpenInbox
from frontdesk.kit.spool import close, kept
from frontdesk.ports.blobs import BlobMissing, Blobs
from frontdesk.ports.channel import Earlier, Failed, OutboundFile, OutboundMessage
from frontdesk.store import deliveries, media
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row

LinkLeave = Callable[[UUID], str | None]
"""A link by which the reader of a message leaves; None where there can be none."""
LinkFile = Callable[[UUID, UUID], str]
"""A path by which an account's file can be fetched for a while."""


class Packing:
    """Makes letters ready for their channels.

    Args:
        store: Where files and earlier messages are known.
        blobs: Where files are.
        leave: Makes a link by which the reader of a message leaves.
        link: Makes a link to a file, for channels whose provider fetches it.
    """

    def __init__(self, store: Store, blobs: Blobs, leave: LinkLeave | None, link: LinkFile | None) -> None:
        self._store, self._blobs, self._leave, self._link = store, blobs, leave, link

    async def packed(self, letter: Letter, opened: OpenInbox, closing: ExitStack) -> OutboundMessage | Failed:
        """The message with its files, which `closing` closes; Failed if one cannot go.

        Raises:
            Busy: The store is not to be had now.
        """
        files = await self._files(letter, closing)
        if isinstance(files, Failed):
            return files
        is_file = file_of(letter.content) is not None
        return OutboundMessage(
            delivery_id=letter.delivery_id,
            message_id=letter.message_id,
            to=Address(letter.scheme, letter.address),
            content=letter.content,
            context=letter.context,
            reply_to_source_id=letter.reply_to_source_id,
            target_source_id=letter.target_source_id,
            url=self._url(letter, opened),
            automatic=letter.automatic,
            leave_url=self._leave(letter.message_id) if letter.unasked and self._leave else None,
            file=files[0] if is_file and files else None,
            files=() if is_file else files,
            earlier=await self._earlier(letter, opened),
        )

    def _url(self, letter: Letter, opened: OpenInbox) -> str | None:
        """A public address of the message's file, where the provider fetches it: on the host of its hooks."""
        file, hook_url = file_of(letter.content), opened.connection.hook_url
        if self._link is None or file is None or file.attachment_id is None or hook_url is None:
            return None
        if not opened.channel.capabilities.files_by_link:
            return None
        parts = urlsplit(hook_url)
        return f"{parts.scheme}://{parts.netloc}{self._link(letter.account_id, file.attachment_id)}"

    async def _files(self, letter: Letter, closing: ExitStack) -> tuple[OutboundFile, ...] | Failed:
        found: list[OutboundFile] = []
        for file in files_of(letter.content):
            if file.attachment_id is None:
                continue
            read = await self._file(letter, file.attachment_id)
            if isinstance(read, Failed):
                return read
            closing.callback(close, read.content)
            found.append(dataclasses.replace(read, content_id=file.content_id))
        return tuple(found)

    async def _earlier(self, letter: Letter, opened: OpenInbox) -> tuple[Earlier, ...]:
        """What a message of a channel that answers by id must name."""
        if not opened.channel.capabilities.answers_by_id:
            return ()
        rows = await self._store.read(lambda tx: deliveries.earlier(tx, letter.message_id))
        return tuple(_told(row) for row in rows)

    async def _file(self, letter: Letter, attachment_id: UUID) -> OutboundFile | Failed:
        row = await self._store.read(lambda tx: media.get(tx, letter.account_id, attachment_id))
        if row.scan == ScanState.INFECTED:
            return Failed(
                code="file_infected", message=f"The file holds a virus: {row.threat}.", retryable=False
            )
        if row.state != "stored" or row.blob is None:
            return Failed(code="file_missing", message="The file is not there.", retryable=False)
        if row.scan == ScanState.PENDING:
            message = "The file is still being checked for viruses."
            return Failed(code="file_unchecked", message=message, retryable=True)
        try:
            content = await kept(self._blobs.stream(row.blob))
        except BlobMissing:
            return Failed(code="file_missing", message="The file is not there.", retryable=False)
        except (Busy, OSError):  # nothing was sent yet, so it may be tried again
            return Failed(code="files_away", message="The file store was not reached.", retryable=True)
        return OutboundFile(
            content=content, mime=row.mime or "application/octet-stream", filename=row.filename
        )


def _told(row: Row) -> Earlier:
    """An earlier message, of `store.deliveries.earlier`."""
    content = json.loads(row.content)
    words = content.get("text") or content.get("body") or content.get("caption")
    return Earlier(row.source_id, content.get("subject"), words if row.direction == "outgoing" else None)
