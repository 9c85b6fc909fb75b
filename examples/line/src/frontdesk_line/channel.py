"""The channel: signature, HTTP and settings. Stateless, one object for all inboxes of its kind.

Source: developers.line.biz, "Verify webhook signature", "Messaging API reference".
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import Field, SecretStr

from frontdesk.domain.errors import SignatureInvalid, UnsupportedByChannel
from frontdesk.domain.inbound import InboundEvent
from frontdesk.kit.http import HttpFailed, Response
from frontdesk.ports.channel import (
    Capabilities,
    Challenge,
    ChannelConfig,
    Connection,
    ConnectionReport,
    Failed,
    FetchedMedia,
    MediaFetchFailed,
    Outbound,
    OutboundMessage,
    RawRequest,
    SendResult,
)
from frontdesk_line.inbound import SCHEME, parse_body
from frontdesk_line.outbound import KINDS_OUT, MAX_TEXT, push_body, result_of, result_of_failure

API, FILES = "https://api.line.me", "https://api-data.line.me"
_HOSTS = ("api.line.me", "api-data.line.me")
"""The only hosts that ever see the token."""
NOT_CONFIGURED = Failed(
    code="not_configured",
    message="The inbox has no channel access token.",
    retryable=False,
    auth_expired=True,
)
_MAX_FILE_BYTES = 200 * 1024 * 1024


class LineConfig(ChannelConfig):
    """What a LINE inbox needs. Fields of type SecretStr are kept encrypted; the console draws the form.

    Only the name is needed to save: a secret may be missing, or no longer open. Then hooks and sends are
    refused, and the inbox says so, instead of breaking.
    """

    basic_id: str = Field(
        pattern=r"^@?[a-z0-9._-]{2,40}$",
        title="Bot basic ID",
        description="LINE Developers Console, Messaging API. Customers find the account by it: @acme.",
    )
    channel_secret: SecretStr | None = Field(
        default=None,
        title="Channel secret",
        description="LINE Developers Console, Basic settings. Without it every hook is refused.",
    )
    access_token: SecretStr | None = Field(
        default=None,
        title="Channel access token",
        description="LINE Developers Console, Messaging API, long-lived. It speaks as the account.",
    )


class Line:
    """LINE official accounts."""

    slug: ClassVar[str] = "line"
    name: ClassVar[str] = "LINE"
    Config: ClassVar[type[ChannelConfig]] = LineConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=MAX_TEXT,
        media_max_bytes={"image": 10 * 1024 * 1024},
        media_mimes={"image": frozenset({"image/jpeg", "image/png"})},
        reaches=frozenset({SCHEME}),
        own_address="basic_id",
        files_by_link=True,
        idempotent_sends=True,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove the hook: base64 of HMAC-SHA256 of the raw body by the channel secret, in constant time."""
        secret = _value(_config(connection).channel_secret).encode()
        given = request.headers.get("x-line-signature", "").encode("utf-8", "surrogatepass")
        expected = base64.b64encode(hmac.digest(secret, request.body, hashlib.sha256))
        if not secret or not hmac.compare_digest(given, expected):
            raise SignatureInvalid("the hook is not signed with this channel secret")
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says, in order."""
        return parse_body(request.body)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One push; its retry key is the delivery's id, so LINE takes it once however often it is sent."""
        if not isinstance(outbound, OutboundMessage):
            return Failed(code="unsupported_by_channel", message="LINE has no such mark.", retryable=False)
        if not _value(_config(connection).access_token):
            return NOT_CONFIGURED
        try:
            body = push_body(outbound)
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)
        try:
            answer = await _call(
                connection,
                "POST",
                "/v2/bot/message/push",
                body,
                {"X-Line-Retry-Key": str(outbound.delivery_id)},
            )
        except HttpFailed as failure:
            return result_of_failure(failure)
        return result_of(answer)

    async def fetch(
        self, source_media_id: str | None, url: str | None, connection: Connection
    ) -> FetchedMedia:
        """Bytes of a file: LINE's own by its id and with the token, others' by address and without."""
        try:
            answer = await _file(source_media_id, url, connection)
        except HttpFailed as failure:
            raise MediaFetchFailed(str(failure)[:500], retryable=True) from failure
        if answer.status_code != 200:  # 202: LINE still prepares it
            retryable = answer.status_code in (202, 429) or answer.status_code >= 500
            raise MediaFetchFailed(f"LINE answered with status {answer.status_code}", retryable=retryable)
        return FetchedMedia(content=answer.body, mime=answer.headers.get("content-type"))

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check the token and register the hook."""
        try:
            bot = await _call(connection, "GET", "/v2/bot/info")
            if not bot.is_success:
                cure = "Issue a channel access token in the LINE Developers Console and save it here."
                return ConnectionReport(ok=False, steps=(("Access token", False, cure),))
            steps = [("Access token", True, f"It is good for {bot.json().get('displayName', 'this bot')}.")]
            hook = {"endpoint": connection.hook_url}
            taken = await _call(connection, "PUT", "/v2/bot/channel/webhook/endpoint", hook)
            state = await _call(connection, "GET", "/v2/bot/channel/webhook/endpoint")
        except (HttpFailed, ValueError) as failure:
            return ConnectionReport(ok=False, steps=(("LINE", False, str(failure)[:500]),))
        steps.append(("Hook", taken.is_success, f"LINE posts to {connection.hook_url}."))
        active = state.is_success and b'"active":true' in state.content.replace(b" ", b"")
        steps.append(
            ("Use webhook", active, "Is on." if active else 'Switch on "Use webhook" in LINE\'s console.')
        )
        return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


def _config(connection: Connection) -> LineConfig:
    if not isinstance(connection.config, LineConfig):
        raise TypeError("these are not the settings of a LINE inbox")
    return connection.config


async def _call(
    connection: Connection, method: str, path: str, json: Any = None, headers: dict[str, str] | None = None
) -> Response:
    """A call of the Messaging API (or of its simulator). Raises HttpFailed."""
    return await connection.http.request(
        method,
        f"{connection.base_url or API}{path}",
        headers={**_authorization(connection), **(headers or {})},
        json=json,
        credential_hosts=None if connection.base_url else _HOSTS,
    )


async def _file(source_media_id: str | None, url: str | None, connection: Connection) -> Response:
    if source_media_id is None:
        return await connection.http.request(
            "GET", url or "", max_bytes=_MAX_FILE_BYTES, credential_hosts=(), spooled=True
        )
    path = f"/v2/bot/message/{quote(source_media_id, safe='')}/content"
    return await connection.http.request(
        "GET",
        f"{connection.base_url or FILES}{path}",
        headers=_authorization(connection),
        max_bytes=_MAX_FILE_BYTES,
        timeout_seconds=60,
        credential_hosts=None if connection.base_url else _HOSTS,
        spooled=True,
    )


def _authorization(connection: Connection) -> dict[str, str]:
    return {"Authorization": f"Bearer {_value(_config(connection).access_token)}"}


def _value(secret: SecretStr | None) -> str:
    return "" if secret is None else secret.get_secret_value()


channel = Line()
"""The one object of this package."""
