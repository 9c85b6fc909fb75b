"""Files to and from Meta. An inbound file's address needs no token, so none goes with the request.

Source: developers.facebook.com, Messenger Platform, "Saving assets"; Instagram, "Send a message" (2026).
"""

from frontdesk.channels.messenger.graph import Graph, exchange_of
from frontdesk.channels.messenger.outcome import failure_of
from frontdesk.kit.http import ConnectFailed, HttpClient, HttpFailed, Refused, TooLarge
from frontdesk.ports.channel import Failed, FetchedMedia, MediaFetchFailed, OutboundFile
from frontdesk.ports.outcome import before_sending, unanswered

_MEBIBYTE = 1024 * 1024
MAX_BYTES = dict.fromkeys(("image", "audio", "video", "document"), 25 * _MEBIBYTE)
MAX_BYTES_INSTAGRAM = {**MAX_BYTES, "image": 8 * _MEBIBYTE}
LARGEST = 100 * _MEBIBYTE
_SECONDS = 40.0


async def upload(graph: Graph, kind: str, file: OutboundFile, platform: str | None) -> str | Failed:
    """Give Meta a file; its id, or why not."""
    url = graph.url(graph.page_id, "message_attachments")
    try:
        answer = await graph.upload(kind, (file.filename or "file", file.content, file.mime), platform)
    except HttpFailed as failure:
        return before_sending(unanswered("Meta", failure, exchange_of(url, {})))
    attachment_id = answer.json_object().get("attachment_id")
    if answer.is_success and isinstance(attachment_id, str | int) and attachment_id:
        return str(attachment_id)
    exchange = exchange_of(url, {}, answer)
    if answer.is_success:
        words = "Meta's answer names no file."
        return Failed(code="no_attachment_id", message=words, retryable=True, exchange=exchange)
    return before_sending(failure_of(answer, exchange))


async def fetch(http: HttpClient, url: str | None) -> FetchedMedia:
    """Bytes of a file.

    Raises:
        MediaFetchFailed: It could not be had.
    """
    if not url:
        raise MediaFetchFailed("the message names no address of the file", retryable=False)
    try:
        answer = await http.request(
            "GET",
            url,
            timeout_seconds=_SECONDS,
            max_bytes=LARGEST,
            max_redirects=3,
            credential_hosts=(),
            spooled=True,
        )
    except HttpFailed as failure:
        is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
        raise MediaFetchFailed(str(failure)[:500], retryable=not is_final) from failure
    if answer.is_success:
        mime = answer.headers.get("content-type", "").partition(";")[0].strip()
        return FetchedMedia(content=answer.body, mime=mime or None)
    is_gone = answer.status_code in (403, 404, 410)
    raise MediaFetchFailed(f"the file's host answered {answer.status_code}", retryable=not is_gone)
