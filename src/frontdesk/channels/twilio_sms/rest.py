"""Requests of one inbox to Twilio's REST API, and what of them the delivery log may keep."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.kit.http import HttpClient, Response
from frontdesk.ports.channel import Connection, Exchange

TWILIO = "https://api.twilio.com"
CREDENTIAL_HOSTS = ("api.twilio.com",)
"""The only host that ever sees the credentials; files lie elsewhere and are led to by a redirect."""
CALL_SECONDS = 20.0
TRANSFER_SECONDS = 40.0
MAX_FILE_BYTES = 100 * 1024 * 1024
_TOLD = (
    "sid",
    "status",
    "num_segments",
    "num_media",
    "price",
    "price_unit",
    "error_code",
    "error_message",
    "direction",
    "api_version",
    "date_created",
    "date_updated",
    "date_sent",
    "messaging_service_sid",
    "account_sid",
    "uri",
    "code",
    "message",
    "more_info",
)
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_HEADERS = (
    "twilio-request-id",
    "twilio-request-duration",
    "twilio-concurrent-requests",
    "x-api-domain",
    "retry-after",
    "date",
)


@dataclass(frozen=True, slots=True)
class Rest:
    """One account's access."""

    http: HttpClient
    origin: str
    account_sid: str
    token: str

    def url(self, *path: str) -> str:
        """The address of one of the account's lists or objects."""
        return "/".join((self.origin, "2010-04-01", "Accounts", self.account_sid, *path)) + ".json"

    @property
    def account_url(self) -> str:
        """The account itself."""
        return f"{self.origin}/2010-04-01/Accounts/{self.account_sid}.json"

    async def get(self, url: str, params: Mapping[str, str | int] | None = None) -> Response:
        """Ask. Raises HttpFailed."""
        return await self.http.request(
            "GET", url, headers=self._basic(), params=params, timeout_seconds=CALL_SECONDS
        )

    async def post(self, url: str, fields: Mapping[str, str]) -> Response:
        """Post a form. Raises HttpFailed."""
        return await self.http.request(
            "POST", url, headers=self._basic(), data=fields, timeout_seconds=CALL_SECONDS
        )

    async def download(self, url: str) -> Response:
        """A file's bytes. The credentials go to Twilio's own host only. Raises HttpFailed."""
        return await self.http.request(
            "GET",
            url,
            headers=self._basic(),
            timeout_seconds=TRANSFER_SECONDS,
            max_bytes=MAX_FILE_BYTES,
            max_redirects=3,
            credential_hosts=CREDENTIAL_HOSTS,
            spooled=True,
        )

    def _basic(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.account_sid}:{self.token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


def rest_of(connection: Connection, config: TwilioConfig) -> Rest | None:
    """The inbox's access, None when it has no token."""
    token = config.auth_token.get_secret_value() if config.auth_token else ""
    if not token:
        return None
    return Rest(connection.http, (connection.base_url or TWILIO).rstrip("/"), config.account_sid, token)


def exchange_of(
    url: str, fields: Mapping[str, str], segments: int | None, answer: Response | None = None
) -> Exchange:
    """What the delivery log keeps of a send: all that Twilio answered but the text, no credentials."""
    body: dict[str, Any] = {name: fields[name] for name in ("From", "MessagingServiceSid") if name in fields}
    if "To" in fields:
        body["To"] = f"…{fields['To'][-4:]}"
    if segments is not None:
        body["segments"] = segments
    request = {"method": "POST", "url": url, "body": body}
    if answer is None:
        return Exchange(request)
    told = answer.json_object()
    response = {"status": answer.status_code} | {
        ("message_status" if name == "status" and "sid" in told else name): _short(told[name])
        for name in _TOLD
        if name in told and not (name == "status" and "sid" not in told)
    }
    headers = {name: answer.headers[name][:200] for name in _HEADERS if name in answer.headers}
    return Exchange(
        request,
        response | ({"headers": headers} if headers else {}),
        provider_seconds=_figure(headers.get("twilio-request-duration")),
        provider_concurrent=_whole(headers.get("twilio-concurrent-requests")),
    )


def _figure(text: str | None) -> float | None:
    """What a header says, if it is a plain number."""
    return float(text) if text and _NUMBER.fullmatch(text) else None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _short(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | bool) else str(value)[:500]
