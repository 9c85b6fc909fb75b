"""The guarded HTTP client: the only way out of the desk.

Addresses are resolved and checked before connecting, and the connection goes to the checked address. Nothing
of the environment (proxies, .netrc) is read, no cookie is kept, no redirect followed unless asked. Failures
are typed by what they mean for a retry. Nothing here knows a provider.
"""

import asyncio
import functools
import io
import ssl
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, NoReturn, Self, cast

import httpcore2
import httpx2

from frontdesk.kit.network import CheckedNetwork, HttpFailed, Refused, Resolver, resolve_by_system
from frontdesk.kit.response import Response, TooLarge, read_response
from frontdesk.kit.spool import Body, pieces

__all__ = [
    "ConnectFailed",
    "FileField",
    "HttpClient",
    "HttpFailed",
    "OutcomeUnknown",
    "Refused",
    "Resolver",
    "Response",
    "TooLarge",
    "origin_of",
]

FileField = tuple[str, Body, str]
"""One file of a form: (file name, content, media type)."""

DEFAULT_TIMEOUT_SECONDS = 20.0
DEFAULT_MAX_BYTES = 16 * 1024 * 1024
_CREDENTIAL_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NETWORK_ERRORS = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpcore2.UnsupportedProtocol,
)
_KEEPALIVE_SECONDS = 4.0
"""Shorter than servers keep an idle connection (5 s is usual), so that no request meets their closing."""


class ConnectFailed(HttpFailed):
    """The server was not reached: not a byte of the request was written, so trying again is safe."""


class OutcomeUnknown(HttpFailed):
    """The request was written and no full answer came: the server may or may not have acted on it."""


def origin_of(url: str) -> str:
    """`scheme://host:port` of a URL, with the port always said. Raises Refused when it has none."""
    parsed = _parse(url)
    return _origin(parsed)


def _parse(url: str) -> httpx2.URL:
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError, ValueError) as error:
        msg = f"not a URL that can be called: {error}"
        raise Refused(msg) from error


def _origin(url: httpx2.URL) -> str:
    port = _DEFAULT_PORTS.get(url.scheme, 0) if url.port is None else url.port
    if url.scheme not in _DEFAULT_PORTS or not 0 < port < 65_536 or not url.host:
        msg = "only http and https addresses with a host can be called"
        raise Refused(msg)
    return f"{url.scheme}://{url.host}:{port}"


@dataclass(slots=True)
class _Progress:
    """How far a request has come, told by the connection itself."""

    written: bool = False

    async def __call__(self, event: str, _facts: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started"):
            self.written = True


class HttpClient:
    """Makes guarded requests; keeps connections for reuse. Close it with `aclose` or `async with`.

    Args:
        open_origins: Origins (`http://127.0.0.1:8080`) that may be inside: exactly these are let through to
            plain http and to loopback. Made by `for_origin`, for a simulated provider only.
        allow_plain_http: Whether http may be used to public addresses too. Credentials never go over it.
        resolve: The resolver to ask; tests give their own.
        network: Opens the connections; tests give their own.
        max_connections: At most so many at once; further requests wait, within their time.
    """

    def __init__(
        self,
        *,
        open_origins: Collection[str] = (),
        allow_plain_http: bool = False,
        resolve: Resolver = resolve_by_system,
        network: httpcore2.AsyncNetworkBackend | None = None,
        max_connections: int = 100,
    ) -> None:
        self._open_origins = frozenset(origin_of(origin) for origin in open_origins)
        self._allow_plain_http = allow_plain_http
        self._network = CheckedNetwork(
            resolve, network or httpcore2.AnyIOBackend(), _endpoints(self._open_origins)
        )
        self._max_connections = max_connections

    @classmethod
    def for_origin(cls, origin: str) -> Self:
        """A client that may also reach exactly `origin`, for a simulated provider.

        An origin given by address opens that address and port; one given by name opens loopback only.
        """
        return cls(open_origins=(origin,))

    @functools.cached_property
    def _pool(self) -> httpcore2.AsyncConnectionPool:
        return httpcore2.AsyncConnectionPool(
            ssl_context=_ssl_context(),
            max_connections=self._max_connections,
            max_keepalive_connections=20,
            keepalive_expiry=_KEEPALIVE_SECONDS,
            network_backend=self._network,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        if "_pool" in self.__dict__:
            await self._pool.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        content: Body | str | None = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, FileField] | None = None,
        timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = DEFAULT_MAX_BYTES,
        max_redirects: int = 0,
        credential_hosts: Collection[str] | None = None,
        spooled: bool = False,
    ) -> Response:
        """Send one request and read its whole answer, whatever the status.

        Args:
            method: GET, POST and so on.
            url: An absolute https address (http: see the class).
            headers: Sent as given, but credentials (Authorization, Cookie, X-Api-Key) only over https or to
                an open origin.
            params: Added to the URL's query.
            json: The body as JSON. At most one of `json`, `content` and `data`/`files` may be given.
            content: The body as it is; a file is sent a piece at a time.
            data: Fields of a form.
            files: Files of a multipart form.
            timeout_seconds: For everything together, redirects included.
            max_bytes: Largest body to read, also once unpacked.
            max_redirects: How many to follow, GET and HEAD only, each checked like the first and without the
                credentials to another origin (unless among `credential_hosts`); then it is the answer.
            credential_hosts: Host names that may see the credentials in `headers`, with their subdomains;
                other hosts get the request without them. None: the host of `url` may.
            spooled: Keep a large body in a file (`Response.file`), which is the caller's to close.

        Raises:
            Refused, ConnectFailed, OutcomeUnknown, TooLarge: see there.
        """
        progress = _Progress()
        request = self._checked(
            method, url, headers=headers, params=params, json=json, content=content, data=data, files=files
        )
        trusted = (request.url.host,) if credential_hosts is None else tuple(credential_hosts)
        hops = max_redirects if request.method in {"GET", "HEAD"} else 0
        try:
            async with asyncio.timeout(timeout_seconds):
                while True:
                    sent = await self._send(request, trusted, progress, timeout_seconds)
                    answer = await read_response(sent, str(request.url), max_bytes, spooled=spooled)
                    if hops <= 0 or answer.status_code not in _REDIRECTS:
                        return answer
                    hops -= 1
                    target = _join(request.url, answer.headers.get("location", ""))
                    if credential_hosts is None and _origin(target) != _origin(request.url):
                        trusted = ()
                    request = self._checked(method, str(target), headers=headers)
        except (OSError, *_NETWORK_ERRORS) as error:
            raise _failure(error, progress) from error

    def _checked(self, method: str, url: str, **parts: Any) -> httpx2.Request:
        """The request, if policy allows its address as far as it is known before looking up."""
        parsed = _parse(url)
        origin = _origin(parsed)
        if any(character in url for character in "\\\t\r\n\x00 ") or parsed.userinfo:
            _refuse("the address holds characters or credentials that do not belong there")
        if origin not in self._open_origins:
            if parsed.scheme != "https" and not (parsed.scheme == "http" and self._allow_plain_http):
                _refuse("only https addresses can be called")
            self._network.check_host(parsed.host)
        try:
            return _request(method, parsed, parts)
        except (ValueError, TypeError, httpx2.InvalidURL) as error:
            msg = f"not a request that can be sent: {error}"
            raise Refused(msg) from error

    async def _send(
        self, request: httpx2.Request, trusted: Collection[str], progress: _Progress, timeout_seconds: float
    ) -> httpcore2.Response:
        progress.written = False
        request.headers.setdefault("Accept", "*/*")
        request.headers.setdefault("User-Agent", "frontdesk")
        request.headers["Accept-Encoding"] = "identity"
        if not self._may_see_credentials(request.url, trusted):
            for name in _CREDENTIAL_HEADERS & {name.lower() for name in request.headers}:
                del request.headers[name]
        phase = dict.fromkeys(("connect", "read", "write", "pool"), timeout_seconds)
        return await self._pool.handle_async_request(
            httpcore2.Request(
                request.method,
                httpcore2.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions={"timeout": phase, "trace": progress},
            )
        )

    def _may_see_credentials(self, url: httpx2.URL, trusted: Collection[str]) -> bool:
        if _origin(url) in self._open_origins:
            return bool(trusted)
        return url.scheme == "https" and any(
            url.host == host or url.host.endswith(f".{host}") for host in trusted
        )


class _Pieces(httpx2.AsyncByteStream):
    """A file as a body."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in pieces(self._file):
            yield piece


def _request(method: str, url: httpx2.URL, parts: dict[str, Any]) -> httpx2.Request:
    file = parts.get("content")
    if not isinstance(file, io.IOBase):
        return httpx2.Request(method, url, **parts)
    file.seek(0)  # its length is told by what is left of it
    request = httpx2.Request(method, url, **parts)
    request.stream = _Pieces(cast("IO[bytes]", file))
    return request


@functools.cache
def _ssl_context() -> ssl.SSLContext:
    """The system's trusted authorities, read once: reading them takes a tenth of a second."""
    return httpx2.create_ssl_context(trust_env=False)


def _refuse(message: str) -> NoReturn:
    raise Refused(message)


def _endpoints(origins: Iterable[str]) -> frozenset[tuple[str, int]]:
    urls = [httpx2.URL(origin) for origin in origins]
    return frozenset((url.host, url.port or _DEFAULT_PORTS[url.scheme]) for url in urls)


def _join(base: httpx2.URL, location: str) -> httpx2.URL:
    try:
        return base.join(location)
    except (httpx2.InvalidURL, ValueError) as error:
        msg = f"a redirect to something that cannot be called: {error}"
        raise Refused(msg) from error


def _failure(error: Exception, progress: _Progress) -> HttpFailed:
    reason = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, httpcore2.LocalProtocolError):
        return Refused(f"not a request that can be sent: {reason}")
    return OutcomeUnknown(reason) if progress.written else ConnectFailed(reason)
