"""Graph requests of one inbox over the guarded HTTP client, and what of them the delivery log may keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.whatsapp.config import WhatsAppConfig
from frontdesk.kit.http import FileField, HttpClient, Response
from frontdesk.ports.channel import Connection, Exchange

GRAPH = "https://graph.facebook.com"
CREDENTIAL_HOSTS = ("graph.facebook.com", "lookaside.fbsbx.com")
"""The only hosts that ever see the token."""
SEND_SECONDS = 20.0
TRANSFER_SECONDS = 60.0
_MARKED = ("messaging_product", "recipient_type", "type", "status", "message_id", "context")
_ERROR = ("code", "message", "type", "error_subcode", "is_transient", "fbtrace_id")


@dataclass(frozen=True, slots=True)
class Graph:
    """One inbox's access to Graph: address, version, number and token."""

    http: HttpClient
    origin: str
    version: str
    phone_number_id: str
    token: str

    def url(self, *path: str) -> str:
        """The address of an object or edge."""
        return "/".join((self.origin, self.version, *path))

    async def get(self, *path: str, params: Mapping[str, str | int] | None = None) -> Response:
        """Ask for an object. Raises HttpFailed."""
        return await self.http.request(
            "GET", self.url(*path), headers=self._bearer(), params=params, timeout_seconds=SEND_SECONDS
        )

    async def post(self, *path: str, body: dict[str, Any]) -> Response:
        """Post JSON. Raises HttpFailed."""
        return await self.http.request(
            "POST", self.url(*path), headers=self._bearer(), json=body, timeout_seconds=SEND_SECONDS
        )

    async def upload(self, file: FileField) -> Response:
        """Post a file of the number's. Raises HttpFailed."""
        return await self.http.request(
            "POST",
            self.url(self.phone_number_id, "media"),
            headers=self._bearer(),
            data={"messaging_product": "whatsapp", "type": file[2]},
            files={"file": file},
            timeout_seconds=TRANSFER_SECONDS,
        )

    async def download(self, url: str, max_bytes: int) -> Response:
        """A file's bytes. The token goes to Meta's own hosts only. Raises HttpFailed."""
        return await self.http.request(
            "GET",
            url,
            headers=self._bearer(),
            timeout_seconds=TRANSFER_SECONDS,
            max_bytes=max_bytes,
            max_redirects=3,
            credential_hosts=CREDENTIAL_HOSTS,
            spooled=True,
        )

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def graph_of(connection: Connection, config: WhatsAppConfig) -> Graph | None:
    """The inbox's access, None when it has no token."""
    token = config.access_token.get_secret_value() if config.access_token else ""
    if not token:
        return None
    origin = (connection.base_url or GRAPH).rstrip("/")
    return Graph(connection.http, origin, config.api_version, config.phone_number_id, token)


def exchange_of(url: str, body: dict[str, Any], answer: Response | None = None) -> Exchange:
    """What the delivery log keeps of a send: no token, no content, of addresses the last digits."""
    request: dict[str, Any] = {"method": "POST", "url": url}
    request["body"] = {name: body[name] for name in _MARKED if name in body} | {
        name: _masked(str(body[name])) for name in ("to", "recipient") if name in body
    }
    part = body.get(str(body.get("type")))
    if isinstance(part, dict):
        request["body"] |= {f"{body['type']}.{name}": part[name] for name in ("id", "name") if name in part}
    return Exchange(request, None if answer is None else _told(answer))


def _told(answer: Response) -> dict[str, Any]:
    told: dict[str, Any] = {"status": answer.status_code}
    if "retry-after" in answer.headers:
        told["retry_after"] = answer.headers["retry-after"][:100]
    body = answer.json_object()
    error, messages = body.get("error"), body.get("messages")
    if isinstance(error, dict):
        told["error"] = {name: _short(error[name]) for name in _ERROR if name in error}
    if isinstance(messages, list):
        told["messages"] = [
            {name: _short(each[name]) for name in ("id", "message_status") if name in each}
            for each in messages[:10]
            if isinstance(each, dict)
        ]
    return told


def _masked(address: str) -> str:
    return f"…{address[-4:]}"


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)[:500]
