"""Requests of one bot over the guarded HTTP client, and what of them the delivery log may keep.

The token is part of every address, so an address, and whatever repeats one, is never kept as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.telegram.config import TelegramConfig
from frontdesk.kit.http import FileField, HttpClient, Response
from frontdesk.ports.channel import Connection, Exchange

API = "https://api.telegram.org"
SEND_SECONDS = 20.0
TRANSFER_SECONDS = 25.0
"""Shorter than what the desk allows one try."""
_MARKED = (
    "chat_id",
    "message_thread_id",
    "message_id",
    "business_connection_id",
    "action",
    "callback_query_id",
)
_HIDDEN = "bot…"


@dataclass(frozen=True, slots=True)
class Bot:
    """One inbox's access to the Bot API."""

    http: HttpClient
    origin: str
    token: str

    async def call(self, method: str, body: Mapping[str, Any] | None = None) -> Response:
        """Call a method with JSON. Raises HttpFailed."""
        return await self.http.request(
            "POST", self._url(method), json=dict(body or {}), timeout_seconds=SEND_SECONDS
        )

    async def call_with_file(
        self, method: str, fields: Mapping[str, str], name: str, file: FileField
    ) -> Response:
        """Call a method with a form that holds a file. Raises HttpFailed."""
        return await self.http.request(
            "POST", self._url(method), data=fields, files={name: file}, timeout_seconds=TRANSFER_SECONDS
        )

    async def download(self, path: str, max_bytes: int) -> Response:
        """The bytes of a file; never from anywhere else. Raises HttpFailed."""
        url = f"{self.origin}/file/bot{self.token}/{path}"
        return await self.http.request(
            "GET", url, timeout_seconds=TRANSFER_SECONDS, max_bytes=max_bytes, spooled=True
        )

    def hidden(self, words: object) -> str:
        """Words about a request without the token that its address holds."""
        return str(words).replace(self.token, "…")[:500]

    def exchange(self, method: str, body: Mapping[str, Any], answer: Response | None = None) -> Exchange:
        """What the delivery log keeps of a call: no token, no content, of chats the last digits."""
        marked = {name: _masked(name, body[name]) for name in _MARKED if name in body}
        request = {"method": "POST", "url": f"{self.origin}/{_HIDDEN}/{method}", "body": marked}
        return Exchange(request, None if answer is None else self._told(answer))

    def _told(self, answer: Response) -> dict[str, Any]:
        told: dict[str, Any] = {"status": answer.status_code}
        body = answer.json_object()
        for name in ("ok", "error_code"):
            if isinstance(body.get(name), bool | int):
                told[name] = body[name]
        if "description" in body:
            told["description"] = self.hidden(body["description"])
        wait = retry_after(body)
        if wait is not None:
            told["retry_after"] = wait
        result = body.get("result")
        if isinstance(result, dict) and isinstance(result.get("message_id"), int):
            told["message_id"] = result["message_id"]
        return told

    def _url(self, method: str) -> str:
        return f"{self.origin}/bot{self.token}/{method}"


def bot_of(connection: Connection, config: TelegramConfig) -> Bot | None:
    """The inbox's access, None when it has no token."""
    token = config.bot_token.get_secret_value() if config.bot_token else ""
    return Bot(connection.http, (connection.base_url or API).rstrip("/"), token) if token else None


def parameters_of(told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an error says to do about it."""
    found = told.get("parameters")
    return found if isinstance(found, dict) else {}


def retry_after(told: Mapping[str, Any]) -> int | None:
    """Seconds that Telegram wants us to wait."""
    wait = parameters_of(told).get("retry_after")
    return wait if isinstance(wait, int) and not isinstance(wait, bool) and wait >= 0 else None


def _masked(name: str, value: Any) -> Any:
    return f"…{str(value)[-4:]}" if name == "chat_id" else value
