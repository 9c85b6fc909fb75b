"""Files to and from Slack.

Source: docs.slack.dev, "Working with files": getUploadURLExternal, the upload, completeUploadExternal (2026).
"""

from frontdesk.channels.slack.outbound import caption_of, destination_of
from frontdesk.channels.slack.outcome import failure_of, is_ok
from frontdesk.channels.slack.places import message_id
from frontdesk.channels.slack.web import MAX_FILE_BYTES, Web, exchange_of
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, Response, TooLarge
from frontdesk.kit.spool import size_of
from frontdesk.ports.channel import (
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    OutboundFile,
    OutboundMessage,
    SendResult,
    Sent,
)
from frontdesk.ports.outcome import before_sending, unanswered


async def send_file(web: Web, message: OutboundMessage, file: OutboundFile) -> SendResult:
    """Upload a file and share it; until it is shared, no failure does harm."""
    channel, thread = destination_of(message)
    if channel.startswith(("U", "W")):
        opened = await _opened(web, channel)
        if isinstance(opened, Failed):
            return opened
        channel = opened
    file_id = await _uploaded(web, file)
    if isinstance(file_id, Failed):
        return file_id
    body = {
        "files": [{"id": file_id, "title": file.filename or "file"}],
        "channel_id": channel,
        "initial_comment": caption_of(message.content),
        "thread_ts": thread,
    }
    body = {name: value for name, value in body.items() if value is not None}
    url = web.url("files.completeUploadExternal")
    shown = {"channel": channel, "thread_ts": thread}
    try:
        answer = await web.call("files.completeUploadExternal", body)
    except HttpFailed as failure:
        return unanswered("Slack", failure, exchange_of(url, shown))
    exchange = exchange_of(url, shown, answer)
    if not is_ok(answer):
        return failure_of(answer, exchange)
    return Sent(source_id=message_id(channel, file_id), delivered=True, exchange=exchange)


async def _opened(web: Web, user: str) -> str | Failed:
    """The direct message with somebody: a file cannot be shared with a person's id."""
    told = await _harmless_call(web, "conversations.open", {"users": user}, is_form=False)
    if isinstance(told, Failed):
        return told
    found = told.json_object().get("channel")
    channel = found.get("id") if isinstance(found, dict) else None
    return str(channel) if channel else _odd("channel")


async def _uploaded(web: Web, file: OutboundFile) -> str | Failed:
    """Give Slack the bytes; the file's id."""
    fields = {"filename": file.filename or "file", "length": str(size_of(file.content))}
    told = await _harmless_call(web, "files.getUploadURLExternal", fields, is_form=True)
    if isinstance(told, Failed):
        return told
    given = told.json_object()
    url, file_id = given.get("upload_url"), given.get("file_id")
    if not isinstance(url, str) or not isinstance(file_id, str):
        return _odd("address for the file")
    try:
        answer = await web.upload(url, file.content, file.mime)
    except HttpFailed as failure:
        return before_sending(unanswered("Slack", failure, exchange_of(url, {})))
    return file_id if answer.is_success else before_sending(failure_of(answer, exchange_of(url, {}, answer)))


async def _harmless_call(
    web: Web, method: str, fields: dict[str, str], *, is_form: bool
) -> Response | Failed:
    try:
        answer = await (web.ask(method, fields) if is_form else web.call(method, fields))
    except HttpFailed as failure:
        return before_sending(unanswered("Slack", failure, exchange_of(web.url(method), fields)))
    if is_ok(answer):
        return answer
    return before_sending(failure_of(answer, exchange_of(web.url(method), fields, answer)))


def _odd(what: str) -> Failed:
    return Failed(code="odd_answer", message=f"Slack's answer names no {what}.", retryable=True)


async def fetch(web: Web, file_id: str | None, url: str | None) -> FetchedMedia:
    """Bytes of a file.

    Raises:
        MediaFetchFailed: It could not be had.
    """
    if url is None:
        url = await _address(web, file_id)
    try:
        answer = await web.download(url)
    except HttpFailed as failure:
        raise _failed(failure) from failure
    if not answer.is_success:
        retryable = answer.status_code >= 500 or answer.status_code in (401, 408, 429)
        raise MediaFetchFailed(f"Slack answered {answer.status_code} for the file", retryable=retryable)
    mime = answer.headers.get("content-type")
    if mime is not None and mime.startswith("text/html") and b"<!DOCTYPE html" in answer.content[:200]:
        # Without the scope Slack answers with the page for signing in.
        raise MediaFetchFailed(
            "Slack gave a page instead of the file: add the scope files:read", retryable=False
        )
    return FetchedMedia(content=answer.body, mime=mime)


async def _address(web: Web, file_id: str | None) -> str:
    """Where a file's bytes are; in shared channels only this call tells it."""
    if file_id is None or not file_id.isalnum():
        raise MediaFetchFailed("not a file's id of Slack's", retryable=False)
    try:
        answer = await web.ask("files.info", {"file": file_id})
    except HttpFailed as failure:
        raise _failed(failure) from failure
    told = answer.json_object()
    if not is_ok(answer):
        result = failure_of(answer, None)
        retryable = not isinstance(result, Failed) or result.retryable
        raise MediaFetchFailed(result.message, retryable=retryable)
    file = told.get("file")
    found = file.get("url_private_download") or file.get("url_private") if isinstance(file, dict) else None
    size = file.get("size") if isinstance(file, dict) else None
    if isinstance(size, int) and size > MAX_FILE_BYTES:
        raise MediaFetchFailed(f"the file has {size} bytes, more than {MAX_FILE_BYTES}", retryable=False)
    if not isinstance(found, str):
        raise MediaFetchFailed("Slack names no address of the file", retryable=False)
    return found


def _failed(failure: HttpFailed) -> MediaFetchFailed:
    is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
    return MediaFetchFailed(str(failure)[:500], retryable=not is_final)
