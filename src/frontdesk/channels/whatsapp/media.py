"""Files to and from Meta: limits, upload, download.

Source: developers.facebook.com, WhatsApp Business Platform, "Media": supported media types (2026).
"""

from frontdesk.channels.whatsapp.graph import Graph, exchange_of
from frontdesk.channels.whatsapp.outcome import error_of, failure_of
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, Response, TooLarge
from frontdesk.ports.channel import Failed, FetchedMedia, MediaFetchFailed, OutboundFile
from frontdesk.ports.outcome import before_sending, unanswered

_MEBIBYTE = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
MAX_BYTES = {
    "image": 5 * _MEBIBYTE,
    "audio": 16 * _MEBIBYTE,
    "video": 16 * _MEBIBYTE,
    "document": 100 * _MEBIBYTE,
    "sticker": 500 * 1024,
}
MIMES = {
    "image": frozenset({"image/jpeg", "image/png"}),
    "audio": frozenset({"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}),
    "video": frozenset({"video/mp4", "video/3gpp"}),
    "document": frozenset(
        {
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            f"{_OFFICE}.wordprocessingml.document",
            f"{_OFFICE}.spreadsheetml.sheet",
            f"{_OFFICE}.presentationml.presentation",
        }
    ),
    "sticker": frozenset({"image/webp"}),
}
LARGEST = max(MAX_BYTES.values())


async def upload(graph: Graph, file: OutboundFile) -> str | Failed:
    """Give Meta a file; its id, or why not. Nothing was sent yet, so what is unclear may be tried again."""
    try:
        answer = await graph.upload((file.filename or "file", file.content, file.mime))
    except HttpFailed as failure:
        return before_sending(
            unanswered("Meta", failure, exchange_of(graph.url(graph.phone_number_id, "media"), {}))
        )
    media_id = answer.json_object().get("id")
    if answer.is_success and isinstance(media_id, str | int) and media_id:
        return str(media_id)
    exchange = exchange_of(graph.url(graph.phone_number_id, "media"), {}, answer)
    if answer.is_success:
        return Failed(
            code="no_media_id", message="Meta's answer names no file.", retryable=True, exchange=exchange
        )
    return before_sending(failure_of(answer, exchange))


async def fetch(graph: Graph, media_id: str | None, url: str | None) -> FetchedMedia:
    """Bytes of a file.

    Raises:
        MediaFetchFailed: It could not be had.
    """
    mime = None
    if media_id is not None:
        told = (await _got(graph, media_id)).json_object()
        url = told.get("url") if isinstance(told.get("url"), str) else None
        mime = told.get("mime_type")
        size = told.get("file_size")
        if isinstance(size, int) and size > LARGEST:
            raise MediaFetchFailed(f"the file has {size} bytes, more than {LARGEST}", retryable=False)
    if not url:
        raise MediaFetchFailed("Meta names no address of the file", retryable=media_id is not None)
    answer = await _downloaded(graph, url)
    mime = mime if isinstance(mime, str) else answer.headers.get("content-type")
    return FetchedMedia(content=answer.body, mime=mime)


async def _got(graph: Graph, media_id: str) -> Response:
    if not media_id.replace("_", "").replace("-", "").isalnum():
        raise MediaFetchFailed("not an id of Meta's", retryable=False)
    try:
        answer = await graph.get(media_id, params={"phone_number_id": graph.phone_number_id})
    except HttpFailed as failure:
        raise _failed(failure) from failure
    if answer.is_success:
        return answer
    code = error_of(answer).get("code")
    retryable = answer.status_code >= 500 or answer.status_code in (401, 408, 429) or code == 190
    raise MediaFetchFailed(f"Meta answered {answer.status_code} (code {code})", retryable=retryable)


async def _downloaded(graph: Graph, url: str) -> Response:
    try:
        answer = await graph.download(url, LARGEST)
    except HttpFailed as failure:
        raise _failed(failure) from failure
    if answer.is_success:
        return answer
    # An address lives for five minutes: the next try asks for a new one.
    raise MediaFetchFailed(f"the file's host answered {answer.status_code}", retryable=True)


def _failed(failure: HttpFailed) -> MediaFetchFailed:
    is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
    return MediaFetchFailed(str(failure)[:500], retryable=not is_final)
