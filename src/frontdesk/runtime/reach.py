"""Whether a desk is reached: on its own port, and by its public address from outside."""

import asyncio
from urllib.parse import urlsplit

from frontdesk.domain.errors import DeskError
from frontdesk.runtime.findings import WAIT_SECONDS, Finding, ill, well, words
from frontdesk.runtime.listening import is_loopback, listen
from frontdesk.runtime.settings import Settings


async def port(settings: Settings) -> list[Finding]:
    """Whether a desk answers on its port, or the port is free."""
    place = f"{settings.local_host}:{settings.port}"
    try:
        status, headers = await _ask(f"http://{place}/health/ready", "GET")
    except OSError:
        return [Finding("port", *_is_free(settings, place))]
    if "x-request-id" not in headers:
        cure = "Stop what listens there, or choose another port: --port or FRONTDESK_PORT."
        return [ill("port", f"{place} is used by something else", cure)]
    cure = "See its log; `frontdesk doctor` names the database above."
    return [Finding("port", status == 200, f"a desk answers at {place}: {status}", cure)]


def _is_free(settings: Settings, place: str) -> tuple[bool, str, str]:
    try:
        listen(settings.host, settings.port).close()
    except DeskError as error:
        return False, error.message, error.hint or ""
    return True, f"{place} is free; no desk runs there now", ""


async def public_address(settings: Settings) -> list[Finding]:
    """Whether the public address leads to a desk, and lets a WebSocket through."""
    if settings.public_url is None:
        cure = "Set FRONTDESK_PUBLIC_URL to the address that people and providers use."
        return [
            Finding(
                "public address", is_loopback(settings.host), "none is set: only this machine is meant", cure
            )
        ]
    url = settings.public_url
    try:
        status, headers = await _ask(f"{url}/health/live", "GET")
    except (OSError, TimeoutError) as error:
        cure = "Check the name, the certificate and that the proxy runs."
        return [ill("public address", f"{url}: {words(error)}", cure)]
    if status != 200 or "x-request-id" not in headers:
        cure = f"Let the proxy pass everything below {url} to {settings.local_host}:{settings.port}."
        return [ill("public address", f"{url} answers {status}, and not from a desk", cure)]
    return [well("public address", f"{url} leads to a desk"), await _upgrade(url)]


async def _upgrade(url: str) -> Finding:
    """Whether a WebSocket gets through; the answer 101 is proof, whatever comes after."""
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    cure = (
        "Let the proxy pass upgrades. nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
        'proxy_set_header Connection "upgrade";'
    )
    try:
        status, _ = await _ask(f"{url}/v1/live", "GET", headers)
    except (OSError, TimeoutError) as error:
        return ill("live line", f"{url}/v1/live: {words(error)}", cure)
    return Finding("live line", status == 101, f"{url}/v1/live answers {status} to an upgrade", cure)


async def _ask(url: str, method: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """One bare request: status and headers (lower case). No redirect, no proxy of the user's."""
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    async with asyncio.timeout(WAIT_SECONDS):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls or None)
        try:
            lines = [f"{method} {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}"]
            lines += [f"{name}: {value}" for name, value in (headers or {"Connection": "close"}).items()]
            writer.write("\r\n".join([*lines, "", ""]).encode())
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            raise OSError("the connection was closed without an answer") from None
        finally:
            writer.close()
    first, *rest = head.decode("latin-1").split("\r\n")
    told = first.split(" ", 2)
    status = int(told[1]) if len(told) > 1 and told[1].isdigit() else 0
    pairs = (line.partition(":") for line in rest if ":" in line)
    return status, {name.strip().lower(): value.strip() for name, _, value in pairs}
