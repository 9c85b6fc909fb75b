"""Sending by SMTP: one connection per mail, to a checked address, encrypted before anything is said.

Source: RFC 5321, 4.2.1: 4yz may succeed later, 5yz will not. Once the mail's end was sent, silence means that
nobody knows.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiosmtplib

from frontdesk.channels.email.compose import Draft
from frontdesk.channels.email.config import EmailConfig
from frontdesk.kit.network import HttpFailed, connected_socket
from frontdesk.ports.channel import Exchange, Failed, SendResult, Sent, Unknown

TIMEOUT_SECONDS = 20.0
NOT_CONFIGURED = Failed(code="not_configured", message="The inbox has no SMTP server.", retryable=False)


@dataclass(slots=True)
class _Progress:
    """How far a send has come."""

    is_given: bool = False


async def send(draft: Draft, mail: bytes, config: EmailConfig) -> SendResult:
    """One try to hand a mail to the server."""
    if config.smtp_host is None:
        return NOT_CONFIGURED
    progress = _Progress()
    exchange = Exchange({"server": f"{config.smtp_host}:{config.smtp_port}", "bytes": len(mail)})
    try:
        refused, said = await _handed_over(draft, mail, config, progress)
    except aiosmtplib.SMTPAuthenticationError as error:
        return Failed(
            code=str(error.code),
            message="The server does not take the user name and password.",
            retryable=False,
            auth_expired=True,
            exchange=exchange,
        )
    except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
        return _refused(error, exchange)
    except (aiosmtplib.SMTPException, HttpFailed, OSError, TimeoutError) as error:
        return _unanswered(error, progress, exchange)
    response = {"said": said[:500], "refused": sorted(refused)}
    return Sent(source_id=draft.message_id, exchange=Exchange(exchange.request, response))


async def _handed_over(
    draft: Draft, mail: bytes, config: EmailConfig, progress: _Progress
) -> tuple[list[str], str]:
    """Who was refused, and what the server said."""
    async with session(config) as client:
        await client.mail(draft.sender)
        refused = await _name(client, draft.recipients)
        progress.is_given = True
        said = await client.data(mail)
        return refused, said.message


@asynccontextmanager
async def session(config: EmailConfig) -> AsyncIterator[aiosmtplib.SMTP]:
    """A session with the server, encrypted and logged in; it is ended however the block ends."""
    host = config.smtp_host or ""
    client = aiosmtplib.SMTP(
        hostname=host,
        sock=await connected_socket(host, config.smtp_port, TIMEOUT_SECONDS),
        timeout=TIMEOUT_SECONDS,
        use_tls=config.smtp_security == "tls",
        start_tls=config.smtp_security == "starttls",
        tls_context=tls_context(),
        local_hostname=config.address.rpartition("@")[2],
    )
    try:
        await client.connect()
        if config.smtp_username and config.smtp_password:
            await client.login(config.smtp_username, config.smtp_password.get_secret_value())
        yield client
    finally:
        await _leave(client)


async def _name(client: aiosmtplib.SMTP, recipients: tuple[str, ...]) -> list[str]:
    """Name the recipients; those that the server refuses, unless it is all of them."""
    errors: list[aiosmtplib.SMTPRecipientRefused] = []
    for address in recipients:
        try:
            await client.rcpt(address)
        except aiosmtplib.SMTPRecipientRefused as error:
            errors.append(error)
    if errors and len(errors) == len(recipients):
        raise aiosmtplib.SMTPRecipientsRefused(errors)
    return [error.recipient for error in errors]


async def _leave(client: aiosmtplib.SMTP) -> None:
    """End a session, whatever the server thinks of it."""
    try:
        await asyncio.wait_for(client.quit(), 2)
    except (aiosmtplib.SMTPException, OSError, TimeoutError):
        client.close()


def _refused(
    error: aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPResponseException, exchange: Exchange
) -> Failed:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        first = min(error.recipients, key=lambda each: each.code)
        code, said = first.code, str(first.message)
    else:
        code, said = error.code, str(error.message)
    return Failed(
        code=str(code),
        message=f"The mail server answered: {said}"[:500],
        retryable=400 <= code < 500,
        exchange=Exchange(exchange.request, {"code": code}),
    )


def _unanswered(error: Exception, progress: _Progress, exchange: Exchange) -> Failed | Unknown:
    words = " ".join(str(error).split())[:300] or type(error).__name__
    if progress.is_given:
        message = "The connection was lost after the mail was given; whether the server took it is not known."
        return Unknown(code="connection_lost", message=message, exchange=exchange)
    from_policy = isinstance(error, HttpFailed)
    return Failed(
        code="not_reached",
        message=f"The mail server was not reached: {words}",
        retryable=not from_policy,
        exchange=exchange,
    )


def tls_context() -> ssl.SSLContext:
    """Certificates are checked against the system's authorities."""
    return ssl.create_default_context()
