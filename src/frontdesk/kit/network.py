"""The network as the guarded HTTP client sees it: only checked addresses can be connected to.

Nothing here speaks HTTP; nothing else in the desk opens connections to outside.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NoReturn

import httpcore2
from typing_extensions import override

from frontdesk.kit.addresses import is_public, parse_address, refusal_of_name

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Turns a host name and port into IP addresses, best first. Raises OSError when there are none."""


class HttpFailed(Exception):
    """Base of everything that `HttpClient.request` raises."""


class Refused(HttpFailed):
    """Our own policy forbids the request. Nothing was connected; a retry gives the same answer."""


async def connected_socket(
    host: str, port: int, timeout_seconds: float, *, resolve: Resolver | None = None
) -> socket.socket:
    """A socket connected to a public address of a host, for what is not HTTP.

    Raises:
        Refused: The host is, or has, an address that is not on the public internet.
        OSError: It could not be reached in time.
    """
    network = CheckedNetwork(resolve or resolve_by_system, httpcore2.AnyIOBackend(), frozenset())
    try:
        addresses = await network.addresses(host, port)
    except httpcore2.ConnectError as error:
        raise OSError(str(error)) from error
    failure: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return await asyncio.wait_for(_connected(address, port), timeout_seconds)
        except OSError as error:
            failure = error
    raise failure


async def _connected(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(0)
    try:
        await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return made


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=1)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedNetwork(httpcore2.AsyncNetworkBackend):
    """Connects to public addresses, or to exactly the open endpoints."""

    def __init__(
        self,
        resolve: Resolver,
        network: httpcore2.AsyncNetworkBackend,
        open_endpoints: frozenset[tuple[str, int]],
    ) -> None:
        self._resolve, self._network, self._open = resolve, network, open_endpoints

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception | None = None
        for address in await self.addresses(host, port):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = failure or error
        raise failure or httpcore2.ConnectError("the name has no address")

    def check_host(self, host: str) -> None:
        """Refuse what can be told from the host alone."""
        literal = parse_address(host)
        if literal is not None:
            if not is_public(literal):
                _refuse_address()
        elif reason := refusal_of_name(host):
            raise Refused(reason)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The checked addresses of a host. Raises Refused, or ConnectError when it has none."""
        is_open = (host, port) in self._open
        if not is_open:
            self.check_host(host)
        if parse_address(host) is not None:
            return [host]
        try:
            found = await self._resolve(host, port)
        except OSError as error:
            raise httpcore2.ConnectError(str(error)) from error
        for address in found:
            parsed = parse_address(address)
            if parsed is None or not (is_public(parsed) or (is_open and parsed.is_loopback)):
                _refuse_address()
        return found

    @override
    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> NoReturn:
        msg = "local sockets cannot be called"
        raise Refused(msg)

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _refuse_address() -> NoReturn:
    msg = "the host has an address that is not on the public internet"
    raise Refused(msg)
