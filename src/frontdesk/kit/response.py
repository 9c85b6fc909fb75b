"""A whole answer of another server, read no further than allowed. How it was asked for is in `kit/http`."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import httpcore2

from frontdesk.kit.network import HttpFailed


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


async def read_response(answer: httpcore2.Response, url: str, max_bytes: int) -> Response:
    """Read the answer and close it. Raises TooLarge, or httpcore2's network errors."""
    try:
        body = await _read(answer, max_bytes)
    finally:
        await answer.aclose()
    return Response(answer.status, _headers(answer), body, url)


def _headers(answer: httpcore2.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in answer.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _read(answer: httpcore2.Response, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for chunk in answer.aiter_stream():
        size += len(chunk)
        if size > max_bytes:
            _refuse_size(answer, max_bytes)
        parts.append(chunk)
    body = b"".join(parts)
    if body and _headers(answer).get("content-encoding") in {"gzip", "deflate"}:
        return _unpacked(body, answer, max_bytes)
    return body


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
