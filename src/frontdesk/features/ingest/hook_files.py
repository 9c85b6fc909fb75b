"""Files that came within a provider's request: named by its receipt, taken from there when fetched."""

from dataclasses import replace
from uuid import UUID

from frontdesk.domain.content import Email, Media
from frontdesk.domain.inbound import InboundEvent, MessageReceived
from frontdesk.ports.channel import Channel, FetchedMedia, HoldsFiles, MediaFetchFailed, RawRequest
from frontdesk.store import receipts
from frontdesk.store.engine import Store
from frontdesk.store.tx import Row

_PREFIX = "receipt:"


def placed(event: InboundEvent, receipt_id: UUID) -> InboundEvent:
    """The event, its files named by the receipt that holds them."""
    if not isinstance(event, MessageReceived) or not isinstance(event.content, Email):
        return event
    files = tuple(_placed(file, receipt_id) for file in event.content.attachments)
    return replace(event, content=event.content.model_copy(update={"attachments": files}))


def _placed(file: Media, receipt_id: UUID) -> Media:
    if file.source_media_id is None:
        return file
    return file.model_copy(update={"source_media_id": f"{_PREFIX}{receipt_id}/{file.source_media_id}"})


def is_in_receipt(source_media_id: str | None) -> bool:
    """Whether an id names a file within a receipt."""
    return source_media_id is not None and source_media_id.startswith(_PREFIX)


async def fetch(store: Store, channel: Channel, row: Row) -> FetchedMedia:
    """The file of a row of `store.media`.

    Raises:
        MediaFetchFailed: The receipt holds none of this id.
        NotFound: The receipt is gone.
    """
    receipt_id, _, inner = str(row.source_media_id).removeprefix(_PREFIX).partition("/")
    receipt = await store.read(lambda tx: receipts.get(tx, row.account_id, UUID(receipt_id)))
    if not isinstance(channel, HoldsFiles) or receipt.inbox_id != row.inbox_id:
        raise MediaFetchFailed("the request holds no files", retryable=False)
    request = RawRequest(receipt.method, "", receipt.query or {}, receipt.headers or {}, bytes(receipt.body))
    return channel.file_in(request, inner)
