"""The channel of one's own: ties hooks, webhooks and settings together. Stateless, one for all inboxes."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import SecretStr

from frontdesk.channels.api.config import ApiConfig
from frontdesk.channels.api.inbound import parse_body
from frontdesk.channels.api.outbound import (
    KINDS_OUT,
    exchange_of,
    mark_body,
    message_body,
    result_of,
    result_of_failure,
)
from frontdesk.domain.errors import Invalid, SignatureInvalid
from frontdesk.domain.inbound import InboundEvent
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, Response, TooLarge
from frontdesk.kit.ids import uuid7
from frontdesk.kit.webhooks import BadSignature, sign, verify
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

NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no webhook secret.", retryable=False, auth_expired=True
)
_MAX_FILE_BYTES = 100 * 1024 * 1024
_SECONDS = 20.0


class Api:
    """A signed hook in, a signed webhook out."""

    slug: ClassVar[str] = "api"
    name: ClassVar[str] = "Your own channel (API)"
    summary: ClassVar[str] = "Anything else, by a signed hook in each direction"
    glyph: ClassVar[str] = "M9 7l-5 5 5 5M15 7l5 5-5 5"
    Config: ClassVar[type[ChannelConfig]] = ApiConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=65_536,
        reaches=frozenset({"external"}),
        reactions=True,
        replies=True,
        edits_in=True,
        receipts=True,
        typing_out=True,
        templates=True,
        files_by_link=True,
        idempotent_sends=True,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that the hook is signed by Standard Webhooks with one of the hook secrets."""
        config = _config(connection)
        secrets = _values(config.hook_secret, config.old_hook_secret)
        try:
            verify(secrets, request.headers, request.body, utc_now())
        except (BadSignature, ValueError) as error:
            raise SignatureInvalid(str(error)) from error
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the body says, in order."""
        return parse_body(request.body)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One webhook; of a message its id is the delivery's, so it may be repeated."""
        is_message = isinstance(outbound, OutboundMessage)
        if isinstance(outbound, OutboundMessage):
            if outbound.content.kind not in KINDS_OUT:
                said = f"This channel cannot send content of kind {outbound.content.kind}."
                return Failed(code="unsupported_by_channel", message=said, retryable=False)
            webhook_id, body = str(outbound.delivery_id), message_body(outbound)
        else:
            webhook_id, body = str(uuid7()), mark_body(outbound)
        config = _config(connection)
        try:
            answer = await _post(connection, config, webhook_id, body)
        except HttpFailed as failure:
            return result_of_failure(failure, exchange_of(config.webhook_url, webhook_id))
        if answer is None:
            return NOT_CONFIGURED
        exchange = exchange_of(config.webhook_url, webhook_id, answer)
        return result_of(answer, webhook_id if is_message else None, exchange)

    async def fetch(
        self,
        source_media_id: str | None,  # noqa: ARG002 - files are named by address
        url: str | None,
        connection: Connection,
    ) -> FetchedMedia:
        """Bytes of a file at the address that the message named; without credentials."""
        if url is None:
            raise MediaFetchFailed("the message names no address of its file", retryable=False)
        try:
            answer = await connection.http.request(
                "GET", url, timeout_seconds=40, max_bytes=_MAX_FILE_BYTES, max_redirects=3, spooled=True
            )
        except HttpFailed as failure:
            is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
            raise MediaFetchFailed(str(failure)[:500], retryable=not is_final) from failure
        if not answer.is_success:
            retryable = answer.status_code >= 500 or answer.status_code in (404, 408, 429)
            raise MediaFetchFailed(f"the file's host answered {answer.status_code}", retryable=retryable)
        return FetchedMedia(content=answer.body, mime=answer.headers.get("content-type"))

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Post a signed `ping` to the webhook; say what is missing."""
        config = _config(connection)
        hook = config.hook_secret is not None
        steps = [("Hook secret", hook, f"Post to {connection.hook_url}." if hook else "Save one here.")]
        try:
            answer = await _post(connection, config, str(uuid7()), b'{"type":"ping"}')
        except HttpFailed as failure:
            steps.append(("Webhook", False, f"It was not reached: {failure}"[:500]))
        else:
            if answer is None:
                steps.append(("Webhook secret", False, "Save one here; what we post is signed with it."))
            else:
                said = f"It answered with status {answer.status_code}."
                steps.append(("Webhook", answer.is_success, said))
        return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


def _config(connection: Connection) -> ApiConfig:
    if not isinstance(connection.config, ApiConfig):
        raise Invalid("these are not the settings of this channel's inbox", field="config")
    return connection.config


def _values(*secrets: SecretStr | None) -> list[str]:
    return [secret.get_secret_value() for secret in secrets if secret is not None]


async def _post(connection: Connection, config: ApiConfig, webhook_id: str, body: bytes) -> Response | None:
    """The webhook's answer; None without a secret to sign by. Raises HttpFailed."""
    secrets = _values(config.webhook_secret)
    if not secrets:
        return None
    headers = {"Content-Type": "application/json", **sign(secrets, webhook_id, utc_now(), body)}
    return await connection.http.request(
        "POST",
        config.webhook_url,
        headers=headers,
        content=body,
        timeout_seconds=_SECONDS,
        max_bytes=1024 * 1024,
    )


channel = Api()
"""The one object of this package."""
