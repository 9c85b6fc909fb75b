"""Connecting an e-mail inbox: can we send, can we receive, and what is still to be set at the provider?"""

import aiosmtplib

from frontdesk.channels.email import imap, smtp
from frontdesk.channels.email.config import EmailConfig
from frontdesk.channels.email.sendgrid import API
from frontdesk.kit.http import HttpFailed
from frontdesk.ports.channel import CollectFailed, Connection, ConnectionReport

Step = tuple[str, bool, str]


async def connect(config: EmailConfig, connection: Connection) -> ConnectionReport:
    """Each step with its proof or its cure."""
    steps = [await (_sendgrid(config, connection) if config.outgoing == "sendgrid" else _smtp(config))]
    if config.imap_host is not None:
        steps.append(await _imap(config))
    if config.outgoing == "sendgrid" or config.imap_host is None:
        steps += _hooks(config, connection)
    return ConnectionReport(ok=all(passed for _, passed, _ in steps), steps=tuple(steps))


async def _smtp(config: EmailConfig) -> Step:
    name = "Sending by SMTP"
    if config.smtp_host is None:
        return (name, False, "Set the SMTP server, or choose SendGrid.")
    try:
        async with smtp.session(config):
            return (name, True, f"{config.smtp_host} takes the credentials.")
    except aiosmtplib.SMTPAuthenticationError:
        return (name, False, "The server does not take the user name and password.")
    except (aiosmtplib.SMTPException, HttpFailed, OSError) as error:
        return (name, False, f"{config.smtp_host} was not reached: {error}"[:500])


async def _sendgrid(config: EmailConfig, connection: Connection) -> Step:
    name = "Sending by SendGrid"
    if config.sendgrid_api_key is None:
        return (name, False, "Create an API key with the permission Mail Send and save it here.")
    headers = {"authorization": f"Bearer {config.sendgrid_api_key.get_secret_value()}"}
    try:
        answer = await connection.http.request(
            "GET", f"{connection.base_url or API}/v3/scopes", headers=headers
        )
    except HttpFailed as failure:
        return (name, False, f"SendGrid was not reached: {failure}"[:500])
    if not answer.is_success:
        return (name, False, f"SendGrid answered {answer.status_code}. Check the API key.")
    scopes = answer.json().get("scopes", []) if isinstance(answer.json(), dict) else []
    if "mail.send" not in scopes:
        return (name, False, "The API key lacks the permission Mail Send.")
    return (name, True, "SendGrid takes the key.")


async def _imap(config: EmailConfig) -> Step:
    name = "Receiving by IMAP"
    try:
        await imap.collect(config, {})
    except CollectFailed as error:
        return (name, False, error.message)
    return (name, True, f"{config.imap_host} shows the folder {config.imap_folder}.")


def _hooks(config: EmailConfig, connection: Connection) -> list[Step]:
    url = connection.hook_url or "this inbox's hook address"
    parse = f"At SendGrid, Inbound Parse: {url}?key= and the Inbound Parse key, with raw mails chosen."
    events = f"At SendGrid, Event Webhook, signed: {url}"
    return [
        (
            "Inbound Parse",
            config.inbound_key is not None,
            parse if config.inbound_key else f"Set the Inbound Parse key. {parse}",
        ),
        (
            "Event Webhook",
            config.sendgrid_event_key is not None,
            events if config.sendgrid_event_key else f"Save the verification key. {events}",
        ),
    ]
