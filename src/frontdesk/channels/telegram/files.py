"""Files from Telegram: asked for by id, fetched from Telegram only, up to what it gives to bots.

Source: core.telegram.org, "Telegram Bot API", getFile: 20 MB at most; the path is good for an hour.
"""

import re

from frontdesk.channels.telegram.bot import Bot
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, Response, TooLarge
from frontdesk.ports.channel import FetchedMedia, MediaFetchFailed

LARGEST = 20 * 1024 * 1024
_PATH = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,512}")
_ANY = "application/octet-stream"


async def fetch(bot: Bot, file_id: str | None) -> FetchedMedia:
    """Bytes of a file.

    Raises:
        MediaFetchFailed: It could not be had.
    """
    if not file_id:
        raise MediaFetchFailed("the message names no file", retryable=False)
    answer = await _answer(bot, file_id)
    told = answer.json_object().get("result")
    path = told.get("file_path") if isinstance(told, dict) else None
    if not isinstance(path, str):
        raise MediaFetchFailed("Telegram names no path of the file", retryable=True)
    if not _PATH.fullmatch(path):
        raise MediaFetchFailed("Telegram names a path that is none", retryable=False)
    file = await _bytes(bot, path)
    mime = file.headers.get("content-type", _ANY).partition(";")[0].strip()
    return FetchedMedia(content=file.body, mime=None if mime == _ANY else mime)


async def _answer(bot: Bot, file_id: str) -> Response:
    try:
        answer = await bot.call("getFile", {"file_id": file_id})
    except HttpFailed as failure:
        raise _failed(bot, failure) from None
    if answer.is_success and answer.json_object().get("ok") is True:
        return answer
    words = bot.hidden(answer.json_object().get("description") or answer.status_code)
    retryable = answer.status_code >= 500 or answer.status_code in (401, 404, 408, 429)
    raise MediaFetchFailed(f"Telegram does not give the file: {words}", retryable=retryable)


async def _bytes(bot: Bot, path: str) -> Response:
    try:
        file = await bot.download(path, LARGEST)
    except HttpFailed as failure:
        raise _failed(bot, failure) from None
    if file.is_success:
        return file
    # A path lives for an hour: the next try asks for a new one.
    raise MediaFetchFailed(f"Telegram answered {file.status_code} for the file", retryable=True)


def _failed(bot: Bot, failure: HttpFailed) -> MediaFetchFailed:
    is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
    return MediaFetchFailed(bot.hidden(failure), retryable=not is_final)
