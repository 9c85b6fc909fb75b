"""The Twilio channel: ties hooks, requests and settings together. Stateless; one object for all inboxes."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import ClassVar

from frontdesk.channels.twilio_sms import connecting
from frontdesk.channels.twilio_sms.config import TwilioConfig
from frontdesk.channels.twilio_sms.inbound import parse_message, parse_request
from frontdesk.channels.twilio_sms.outbound import FILES, KINDS_OUT, MAX_TEXT, message_fields, parted
from frontdesk.channels.twilio_sms.outcome import failure_of, joined, result_of
from frontdesk.channels.twilio_sms.rest import Rest, exchange_of, rest_of
from frontdesk.channels.twilio_sms.segments import segments_of
from frontdesk.channels.twilio_sms.signature import verify_hook
from frontdesk.domain.errors import Invalid, UnsupportedByChannel
from frontdesk.domain.inbound import InboundEvent, StatusReported
from frontdesk.kit.http import ConnectFailed, HttpFailed, Refused, TooLarge
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
    Sent,
    StatusUnavailable,
)
from frontdesk.ports.outcome import unanswered

NOT_CONFIGURED = Failed(
    code="not_configured", message="The inbox has no auth token.", retryable=False, auth_expired=True
)
LEAVE_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
BACK_WORDS = frozenset({"start", "yes", "unstop"})
"""Twilio keeps by these itself (twilio.com, "Twilio support for opt-out keywords", 2026)."""
_MEBIBYTE = 1024 * 1024
_SID = re.compile(r"[SM]M[0-9a-f]{32}")


class TwilioSms:
    """Twilio's Messages resource and its hooks."""

    slug: ClassVar[str] = "twilio_sms"
    name: ClassVar[str] = "SMS (Twilio)"
    summary: ClassVar[str] = "Text messages and pictures to a number of Twilio's"
    glyph: ClassVar[str] = "M4 5.500h16v11H11L7 20v-3.500H4zM8 11h.01M12 11h.01M16 11h.01"
    Config: ClassVar[type[ChannelConfig]] = TwilioConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds_out=KINDS_OUT,
        max_text=MAX_TEXT,
        media_max_bytes=dict.fromkeys(FILES, 5 * _MEBIBYTE),
        reaches=frozenset({"phone"}),
        own_address="sender",
        receipts=True,
        templates=True,
        files_by_link=True,
        leave_words=LEAVE_WORDS,
        back_words=BACK_WORDS,
    )

    def verify(self, request: RawRequest, connection: Connection) -> Challenge | None:
        """Prove that Twilio sent this."""
        verify_hook(request, _config(connection))
        return None

    def parse(self, request: RawRequest) -> Sequence[InboundEvent]:
        """Everything the form says, in order."""
        return parse_request(request)

    async def send(self, outbound: Outbound, connection: Connection) -> SendResult:
        """One try. An SMS can neither be marked as read nor show typing, so marks are done without a call."""
        config = _config(connection)
        rest = rest_of(connection, config)
        if rest is None:
            return NOT_CONFIGURED
        if not isinstance(outbound, OutboundMessage):
            return Sent(source_id=None)
        try:
            forms = parted(message_fields(outbound, config, connection.hook_url))
        except UnsupportedByChannel as error:
            return Failed(code=error.code, message=error.message, retryable=False)
        results: list[SendResult] = []
        for fields in forms:
            results.append(await _post(rest, fields))
            if not isinstance(results[-1], Sent):
                break
        return joined(results, len(forms))

    async def fetch(
        self,
        source_media_id: str | None,  # noqa: ARG002 - Twilio names files by address
        url: str | None,
        connection: Connection,
    ) -> FetchedMedia:
        """Bytes of a file in a message; the credentials go to Twilio's own host only."""
        rest = rest_of(connection, _config(connection))
        if rest is None or url is None:
            raise MediaFetchFailed("there is no auth token, or no address of the file", retryable=False)
        try:
            answer = await rest.download(url)
        except HttpFailed as failure:
            is_final = isinstance(failure, Refused | TooLarge) and not isinstance(failure, ConnectFailed)
            raise MediaFetchFailed(str(failure)[:500], retryable=not is_final) from failure
        if not answer.is_success:
            told = failure_of(answer, None)
            is_later = not isinstance(told, Failed) or told.retryable or answer.status_code == 404
            raise MediaFetchFailed(told.message, retryable=is_later)
        return FetchedMedia(content=answer.body, mime=answer.headers.get("content-type"))

    async def status_of(self, source_id: str, connection: Connection) -> StatusReported | None:
        """Where a message stands, by Twilio's Message resource."""
        rest = rest_of(connection, _config(connection))
        if rest is None or not _SID.fullmatch(source_id):
            return None
        try:
            answer = await rest.get(rest.url("Messages", source_id))
        except HttpFailed as failure:
            raise StatusUnavailable(str(failure)[:500]) from failure
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_success:
            raise StatusUnavailable(failure_of(answer, None).message)
        return parse_message(answer.json_object())

    async def connect(self, connection: Connection) -> ConnectionReport:
        """Check the credentials and the number, and lead the number's messages to our hook."""
        config = _config(connection)
        return await connecting.connect(rest_of(connection, config), config, connection.hook_url)


async def _post(rest: Rest, fields: Mapping[str, str]) -> SendResult:
    url = rest.url("Messages")
    segments = segments_of(fields["Body"]) if "Body" in fields else None
    try:
        answer = await rest.post(url, fields)
    except HttpFailed as failure:
        return unanswered("Twilio", failure, exchange_of(url, fields, segments))
    return result_of(answer, exchange_of(url, fields, segments, answer))


def _config(connection: Connection) -> TwilioConfig:
    if not isinstance(connection.config, TwilioConfig):
        raise Invalid("these are not the settings of a Twilio inbox", field="config")
    return connection.config


channel = TwilioSms()
"""The one object of this package."""
