"""What a plug-in author and our own tests share: conformance kits and fakes for the ports.

Never imported by the running desk.
"""

from frontdesk.testing.channels import (
    InboundCase,
    Misfit,
    OutboundCase,
    SignatureVector,
    check_channel,
    check_inbound,
    check_outbound,
    check_signature,
    connection_to,
    inbound_cases,
)
from frontdesk.testing.http import RecordedRequest, RecordingHttp, json_answer

__all__ = [
    "InboundCase",
    "Misfit",
    "OutboundCase",
    "RecordedRequest",
    "RecordingHttp",
    "SignatureVector",
    "check_channel",
    "check_inbound",
    "check_outbound",
    "check_signature",
    "connection_to",
    "inbound_cases",
    "json_answer",
]
