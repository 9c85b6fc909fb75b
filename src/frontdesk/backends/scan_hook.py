"""A scanner behind an address of HTTP: it gets the file as a POST and answers with JSON.

The answer is `{"infected": false}` or `{"infected": true, "threat": "its name"}` with status 200. The address
is the operator's own, so it may be inside; redirects are not followed and nothing of the environment is read.
"""

import functools
import json
from collections.abc import AsyncIterable
from urllib.parse import urlsplit

import httpx2

from frontdesk.ports.scanner import ScanFailed

_SECONDS = 120.0
_LONGEST_ANSWER = 64 * 1024


class ScanHook:
    """Asks a service over HTTP.

    Args:
        address: `http://…` or `https://…`; user and password in it go as basic authorization.

    Raises:
        ValueError: The address is none.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            msg = "must look like https://scanner.example.com/scan"
            raise ValueError(msg)
        self._address = address

    @functools.cached_property
    def _client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=_SECONDS)

    async def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()

    async def scan(self, chunks: AsyncIterable[bytes]) -> str | None:
        """What the service found. Raises ScanFailed."""
        headers = {"Content-Type": "application/octet-stream", "Accept": "application/json"}
        try:
            request = self._client.build_request("POST", self._address, headers=headers, content=chunks)
            answer = await self._client.send(request, stream=True)
            try:
                body = await _read(answer)
            finally:
                await answer.aclose()
        except (httpx2.HTTPError, httpx2.StreamError):
            raise ScanFailed("The scanner was not reached.") from None
        if answer.status_code == 413:
            raise ScanFailed("The file is larger than the scanner takes.", retryable=False)
        if answer.status_code != 200:
            raise ScanFailed(f"The scanner answered with status {answer.status_code}.")
        return _verdict(body)


async def _read(answer: httpx2.Response) -> bytes:
    body = b""
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > _LONGEST_ANSWER:
            raise ScanFailed("The scanner's answer is too long.")
    return body


def _verdict(body: bytes) -> str | None:
    """What an answer says; only a plain `false` means clean."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    match said:
        case {"infected": False}:
            return None
        case {"infected": True, **more}:
            return str(more.get("threat") or "unnamed")[:200]
        case _:
            raise ScanFailed("The scanner's answer does not say `infected`.")
