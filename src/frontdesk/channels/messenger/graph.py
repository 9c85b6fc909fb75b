"""Graph requests of one page over the guarded HTTP client, and what of them the delivery log may keep."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.messenger.config import PageConfig
from frontdesk.kit.http import FileField, HttpClient, Response
from frontdesk.ports.channel import Connection, Exchange

GRAPH = "https://graph.facebook.com"
SEND_SECONDS = 12.0
TRANSFER_SECONDS = 15.0
"""An upload and a send together stay below what the desk allows one try."""
_MARKED = ("messaging_type", "sender_action")
_ERROR = ("code", "message", "type", "error_subcode", "is_transient", "fbtrace_id")


@dataclass(frozen=True, slots=True)
class Graph:
    """One inbox's access to Graph: address, version, page and token."""

    http: HttpClient
    origin: str
    version: str
    page_id: str
    token: str

    def url(self, *path: str) -> str:
        """The address of an object or edge."""
        return "/".join((self.origin, self.version, *path))

    async def get(self, *path: str, params: Mapping[str, str | int]) -> Response:
        """Ask for an object. Raises HttpFailed."""
        return await self.http.request(
            "GET", self.url(*path), headers=self._bearer(), params=params, timeout_seconds=SEND_SECONDS
        )

    async def post(self, edge: str, body: Mapping[str, Any]) -> Response:
        """Post JSON to an edge of the page. Raises HttpFailed."""
        return await self.http.request(
            "POST",
            self.url(self.page_id, edge),
            headers=self._bearer(),
            json=dict(body),
            timeout_seconds=SEND_SECONDS,
        )

    async def upload(self, kind: str, file: FileField, platform: str | None) -> Response:
        """Give Meta a file to send. Raises HttpFailed."""
        message = {"attachment": {"type": kind, "payload": {"is_reusable": True}}}
        return await self.http.request(
            "POST",
            self.url(self.page_id, "message_attachments"),
            headers=self._bearer(),
            data={"message": json.dumps(message)} | ({"platform": platform} if platform else {}),
            files={"filedata": file},
            timeout_seconds=TRANSFER_SECONDS,
        )

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def graph_of(connection: Connection, config: PageConfig) -> Graph | None:
    """The inbox's access, None when it has no token."""
    token = config.access_token.get_secret_value() if config.access_token else ""
    if not token:
        return None
    origin = (connection.base_url or GRAPH).rstrip("/")
    return Graph(connection.http, origin, config.api_version, config.page_id, token)


def exchange_of(url: str, body: Mapping[str, Any], answer: Response | None = None) -> Exchange:
    """What the delivery log keeps of a send: no token, no content, of people the last digits."""
    marked = {name: body[name] for name in _MARKED if name in body}
    recipient = body.get("recipient")
    if isinstance(recipient, Mapping) and "id" in recipient:
        marked["recipient"] = f"…{str(recipient['id'])[-4:]}"
    request = {"method": "POST", "url": url, "body": marked}
    return Exchange(request, None if answer is None else _told(answer))


def error_of(answer: Response) -> dict[str, Any]:
    """Graph's error object; empty when there is none."""
    error = answer.json_object().get("error")
    return error if isinstance(error, dict) else {}


def _told(answer: Response) -> dict[str, Any]:
    told: dict[str, Any] = {"status": answer.status_code}
    error, message_id = error_of(answer), answer.json_object().get("message_id")
    if error:
        told["error"] = {name: _short(error[name]) for name in _ERROR if name in error}
    if isinstance(message_id, str):
        told["message_id"] = message_id[:500]
    return told


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)[:500]
