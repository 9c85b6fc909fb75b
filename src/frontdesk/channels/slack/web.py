"""Web API calls of one inbox over the guarded HTTP client, and what of them the delivery log may keep."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.slack.config import SlackConfig
from frontdesk.kit.http import HttpClient, Response
from frontdesk.kit.spool import Body
from frontdesk.ports.channel import Connection, Exchange

SLACK = "https://slack.com"
CREDENTIAL_HOSTS = ("slack.com",)
"""The only host, with its subdomains, that ever sees the token."""
CALL_SECONDS = 10.0
TRANSFER_SECONDS = 25.0
MAX_FILE_BYTES = 100 * 1024 * 1024
_KEPT = ("channel", "thread_ts", "timestamp", "ts", "name", "length")
_TOLD = ("ok", "error", "needed", "provided", "warning", "channel", "ts", "file_id")
_HEADERS = ("x-slack-req-id", "retry-after", "date")


@dataclass(frozen=True, slots=True)
class Web:
    """One inbox's access to the Web API."""

    http: HttpClient
    origin: str
    token: str

    def url(self, method: str) -> str:
        """The address of a method."""
        return f"{self.origin}/api/{method}"

    async def call(self, method: str, body: Mapping[str, Any] | None = None) -> Response:
        """Call a method with JSON. Raises HttpFailed."""
        return await self.http.request(
            "POST",
            self.url(method),
            headers=self._bearer() | {"Content-Type": "application/json; charset=utf-8"},
            json=dict(body or {}),
            timeout_seconds=CALL_SECONDS,
        )

    async def ask(self, method: str, fields: Mapping[str, str]) -> Response:
        """Call a method that takes a form only. Raises HttpFailed."""
        return await self.http.request(
            "POST",
            self.url(method),
            headers=self._bearer(),
            data=fields,
            timeout_seconds=CALL_SECONDS,
        )

    async def upload(self, url: str, content: Body, mime: str) -> Response:
        """Put a file's bytes where Slack said; that address is its own proof. Raises HttpFailed."""
        return await self.http.request(
            "POST", url, headers={"Content-Type": mime}, content=content, timeout_seconds=TRANSFER_SECONDS
        )

    async def download(self, url: str) -> Response:
        """A file's bytes. The token goes to Slack's own hosts only. Raises HttpFailed."""
        return await self.http.request(
            "GET",
            url,
            headers=self._bearer(),
            timeout_seconds=TRANSFER_SECONDS,
            max_bytes=MAX_FILE_BYTES,
            max_redirects=3,
            credential_hosts=CREDENTIAL_HOSTS,
            spooled=True,
        )

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def web_of(connection: Connection, config: SlackConfig) -> Web | None:
    """The inbox's access, None when it has no token."""
    token = config.bot_token.get_secret_value() if config.bot_token else ""
    if not token:
        return None
    return Web(connection.http, (connection.base_url or SLACK).rstrip("/"), token)


def exchange_of(url: str, body: Mapping[str, Any], answer: Response | None = None) -> Exchange:
    """What the delivery log keeps of a call: no token, no content."""
    request = {
        "method": "POST",
        "url": url.partition("?")[0],
        "body": {name: body[name] for name in _KEPT if body.get(name) is not None},
    }
    if answer is None:
        return Exchange(request)
    told = answer.json_object()
    response: dict[str, Any] = {"status": answer.status_code}
    response |= {name: _short(told[name]) for name in _TOLD if told.get(name) is not None}
    headers = {name: answer.headers[name][:200] for name in _HEADERS if name in answer.headers}
    return Exchange(request, response | ({"headers": headers} if headers else {}))


def _short(value: Any) -> Any:
    return value if isinstance(value, int | float | bool) else str(value)[:500]
