"""The settings of an e-mail inbox: its address, how mails leave, how they come."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from frontdesk.kit.crypto import random_token
from frontdesk.ports.channel import ChannelConfig

_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]
_Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9._:-]+$")]
_Port = Annotated[int, Field(ge=1, le=65_535)]
_Address = Annotated[
    str, Field(max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*/=?^_`{|}~+-]{1,64}@[A-Za-z0-9.-]+$")
]
Security = Literal["tls", "starttls"]


class EmailConfig(ChannelConfig):
    """What the desk must know to send and receive for one address.

    Only the address is needed to save. Mails leave by SMTP or SendGrid, and come by IMAP or by SendGrid's
    hooks; what is not set is not used.
    """

    address: _Address = Field(
        title="Address", description="Customers write to it, and see it as the sender of answers."
    )
    sender_name: str | None = Field(
        default=None,
        max_length=100,
        title="Sender name",
        description="Shown before the address; the inbox's name else.",
    )
    outgoing: Literal["smtp", "sendgrid"] = Field(
        default="smtp", title="Send by", description="smtp: your mail server. sendgrid: SendGrid's API."
    )
    smtp_host: _Host | None = Field(
        default=None,
        title="SMTP server",
        description="For example smtp.example.com. It must be on the public internet.",
    )
    smtp_port: _Port = Field(
        default=587, title="SMTP port", description="587 with STARTTLS, 465 with TLS from the first byte."
    )
    smtp_security: Security = Field(
        default="starttls", title="SMTP security", description="Mails and passwords never go unencrypted."
    )
    smtp_username: str | None = Field(
        default=None, max_length=254, title="SMTP user name", description="Often the address itself."
    )
    smtp_password: _Secret | None = Field(
        default=None, title="SMTP password", description="Often a password made for this app only."
    )
    imap_host: _Host | None = Field(
        default=None,
        title="IMAP server",
        description="For example imap.example.com; empty: nothing is collected.",
    )
    imap_port: _Port = Field(default=993, title="IMAP port", description="993, with TLS from the first byte.")
    imap_username: str | None = Field(
        default=None, max_length=254, title="IMAP user name", description="Often the address itself."
    )
    imap_password: _Secret | None = Field(
        default=None, title="IMAP password", description="Often the same as for SMTP."
    )
    imap_folder: str = Field(
        default="INBOX",
        min_length=1,
        max_length=200,
        title="IMAP folder",
        description="Read, and never changed.",
    )
    imap_every_seconds: Annotated[int, Field(ge=5, le=3600)] = Field(
        default=30, title="Collect every", description="Seconds between two looks into the folder."
    )
    sendgrid_api_key: _Secret | None = Field(
        default=None, title="SendGrid API key", description="With the permission Mail Send."
    )
    sendgrid_event_key: str | None = Field(
        default=None,
        max_length=1000,
        title="SendGrid verification key",
        description="Event Webhook, Signed Event Webhook: the public key. Without it events are refused.",
    )
    inbound_key: Annotated[SecretStr, Field(min_length=16, max_length=200)] | None = Field(
        default=None,
        title="Inbound Parse key",
        description="A long random word of yours; write it as ?key=… at the end of the Inbound Parse URL.",
    )
    reply_secret: _Secret = Field(
        default_factory=lambda: SecretStr(random_token("")),
        title="Reply secret",
        description="Signs the ids by which answers find their conversation. Made by the desk; leave it.",
    )
