"""A whole answer of another server, read no further than allowed. How it was asked for is in `kit/http`."""

import json
import zlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, NoReturn

import httpcore2

from frontdesk.kit.network import HttpFailed
from frontdesk.kit.spool import Body, kept


class TooLarge(HttpFailed):
    """The answer is larger than allowed; the rest was not read. `status_code` is the answer's status."""

    def __init__(self, message: str, *, status_code: int) -> None:
        super().__init__(message)
        self.status_code = status_code


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer. Header names are lower-case; of repeated headers the values are joined by a comma."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    file: IO[bytes] | None = None
    """Of a request that asked for it: the body where it is large. `content` is empty then."""

    @property
    def body(self) -> Body:
        """The bytes of the body, or the file that holds them."""
        return self.content if self.file is None else self.file

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status_code < 300

    @property
    def text(self) -> str:
        """The body as UTF-8; what is not UTF-8 becomes U+FFFD."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ValueError when it is none."""
        return json.loads(self.content)

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        try:
            told = self.json()
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


async def read_response(
    answer: httpcore2.Response, url: str, max_bytes: int, *, spooled: bool = False
) -> Response:
    """Read the answer and close it; `spooled` keeps a large body in a file, if the answer is a success.

    Raises TooLarge, or httpcore2's network errors.
    """
    try:
        if spooled and 200 <= answer.status < 300 and not _is_packed(answer):
            body = await kept(_limited(answer, max_bytes))
        else:
            body = await _read(answer, max_bytes)
    finally:
        await answer.aclose()
    if isinstance(body, bytes):
        return Response(answer.status, _headers(answer), body, url)
    return Response(answer.status, _headers(answer), b"", url, body)


def _headers(answer: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _read(answer: httpcore2.Response, max_bytes: int) -> bytes:
    body = b"".join([chunk async for chunk in _limited(answer, max_bytes)])
    return _unpacked(body, answer, max_bytes) if body and _is_packed(answer) else body


async def _limited(answer: httpcore2.Response, max_bytes: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in answer.aiter_stream():
        size += len(chunk)
        if size > max_bytes:
            _refuse_size(answer, max_bytes)
        yield chunk


def _is_packed(answer: httpcore2.Response) -> bool:
    return _headers(answer).get("content-encoding") in {"gzip", "deflate"}


def _unpacked(body: bytes, answer: httpcore2.Response, max_bytes: int) -> bytes:
    """The body of a server that packs although it was asked not to, unpacked no further than allowed."""
    decoder = zlib.decompressobj(wbits=47)
    try:
        plain = decoder.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise httpcore2.RemoteProtocolError(str(error)) from error
    if len(plain) > max_bytes:
        _refuse_size(answer, max_bytes)
    return plain


def _refuse_size(answer: httpcore2.Response, max_bytes: int) -> NoReturn:
    msg = f"the answer is larger than {max_bytes} bytes"
    raise TooLarge(msg, status_code=answer.status)
