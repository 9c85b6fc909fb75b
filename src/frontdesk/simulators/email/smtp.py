"""The server that a company's mails are handed to, by SMTP: encrypted and signed in first, as for submission.

Source: RFC 5321 (commands, replies), 3207 (STARTTLS), 4954 (AUTH), 6409 (submission).
"""

import asyncio
import base64
import binascii
import hmac
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from frontdesk.simulators.base import Fault, FaultKind
from frontdesk.simulators.base.faults import AFTER_SEND, BEFORE_SEND
from frontdesk.simulators.email.lines import Gone, Line
from frontdesk.simulators.email.network import NO_MAILBOX, Network
from frontdesk.simulators.email.state import Business, plain

MAX_BYTES = 30 * 1024 * 1024
_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>]*)>(?:\s+(.*))?", re.IGNORECASE)
GREYLISTED = "451 4.7.1 Greylisted, please try again later"


@dataclass(slots=True)
class _Envelope:
    """What is known of a mail before its text."""

    sender: str
    recipients: list[str] = field(default_factory=list)


class SmtpSession:
    """One connection from greeting to goodbye.

    Args:
        network: Takes the mails.
        line: The connection.
        context: The server's certificate.
    """

    def __init__(self, network: Network, line: Line, context: ssl.SSLContext) -> None:
        self._network, self._line, self._context = network, line, context
        self._business: Business | None = None
        self._envelope: _Envelope | None = None
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "EHLO": self._hello, "HELO": self._hello, "STARTTLS": self._encrypt, "AUTH": self._sign_in,
            "MAIL": self._from, "RCPT": self._to, "DATA": self._data, "RSET": self._reset, "NOOP": self._noop,
            "QUIT": self._quit,
        }  # fmt: skip

    async def run(self) -> None:
        """Answer until one side hangs up."""
        try:
            await self._line.say("220 mail.simulated.example ESMTP")
            while True:
                text = (await self._line.read()).decode("utf-8", "replace").strip()
                word, _, rest = text.partition(" ")
                command = self._commands.get(word.upper())
                if command is None:
                    await self._line.say("502 5.5.1 Command not implemented")
                else:
                    await command(rest)
        except Gone:
            self._line.close()

    async def _hello(self, _rest: str) -> None:
        can = "AUTH PLAIN LOGIN" if self._line.is_secure else "STARTTLS"
        await self._line.say(
            "250-mail.simulated.example", f"250-SIZE {MAX_BYTES}", "250-8BITMIME", f"250 {can}"
        )

    async def _encrypt(self, _rest: str) -> None:
        if self._line.is_secure:
            await self._line.say("503 5.5.1 Already encrypted")
            return
        await self._line.say("220 2.0.0 Ready to start TLS")
        await self._line.encrypt(self._context)

    async def _sign_in(self, rest: str) -> None:
        if not self._line.is_secure:
            await self._line.say("530 5.7.0 Must issue a STARTTLS command first")
            return
        kind, _, given = rest.partition(" ")
        name, password = await (self._plain(given) if kind.upper() == "PLAIN" else self._login(given))
        business = self._network.state.business_at(name)
        is_known = business is not None and hmac.compare_digest(
            password.encode(), (business.password or "\x00").encode()
        )
        self._business = business if is_known else None
        await self._line.say(
            "235 2.7.0 Accepted" if is_known else "535 5.7.8 Username and Password not accepted"
        )

    async def _plain(self, given: str) -> tuple[str, str]:
        _, name, password = [*_unpacked(given or await self._asked("")).split("\x00"), "", "", ""][:3]
        return name, password

    async def _login(self, given: str) -> tuple[str, str]:
        name = _unpacked(given or await self._asked("VXNlcm5hbWU6"))
        return name, _unpacked(await self._asked("UGFzc3dvcmQ6"))

    async def _asked(self, words: str) -> str:
        await self._line.say(f"334 {words}")
        return (await self._line.read()).decode("ascii", "replace").strip()

    async def _from(self, rest: str) -> None:
        found = _PATH.match(rest)
        if self._business is None:
            await self._line.say("530 5.7.0 Authentication required")
        elif found is None:
            await self._line.say("501 5.5.4 Syntax error in the address")
        elif plain(found[1]) != self._business.id:
            await self._line.say("553 5.7.1 The sender address is not yours")
        else:
            self._envelope = _Envelope(found[1])
            await self._line.say("250 2.1.0 OK")

    async def _to(self, rest: str) -> None:
        found = _PATH.match(rest)
        if self._envelope is None or self._business is None:
            await self._line.say("503 5.5.1 MAIL first")
        elif found is None or "@" not in found[1]:
            await self._line.say("501 5.1.3 Bad recipient address")
        elif refusal := await self._refused(self._business, found[1].lower()):
            await self._line.say(refusal)
        else:
            self._envelope.recipients.append(found[1].lower())
            await self._line.say("250 2.1.5 OK")

    async def _refused(self, business: Business, recipient: str) -> str | None:
        """The answer to a recipient that is not taken."""
        fault = self._network.engine.faults.next(BEFORE_SEND, business.id, recipient)
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault is not None:
            return self._spoilt(fault)
        state = self._network.state
        if recipient not in state.phones and state.business_at(recipient) is None:
            return f"550 5.1.1 {NO_MAILBOX['message']}"
        phone = state.phones.get(recipient)
        if phone is not None and phone.is_full:
            return "452 4.2.2 The mailbox is full"
        return None

    def _spoilt(self, fault: Fault) -> str:
        if fault.kind is FaultKind.RESET:
            self._line.cut()
            raise Gone
        if fault.kind is FaultKind.ERROR:
            code = fault.code if fault.code is not None and 400 <= fault.code <= 599 else 550
            return f"{code} {code // 100}.7.0 A fault was set"
        return "421 4.3.0 Come back later" if fault.kind is FaultKind.SERVER_ERROR else GREYLISTED

    async def _data(self, _rest: str) -> None:
        envelope, business = self._envelope, self._business
        if envelope is None or business is None or not envelope.recipients:
            await self._line.say("503 5.5.1 RCPT first")
            return
        await self._line.say("354 End data with <CR><LF>.<CR><LF>")
        raw = await self._text()
        self._envelope = None
        if raw is None:
            await self._line.say("552 5.3.4 Message too big")
            return
        accepted = self._network.take(business, envelope.recipients, raw, {})
        fault = self._network.engine.faults.next(AFTER_SEND, business.id, accepted.entry.to)
        accepted.entry.answer = "250" if fault is None else fault.kind.value
        accepted.carry()
        if fault is None or fault.kind is FaultKind.STATUS_FIRST:
            await self._line.say(f"250 2.0.0 OK queued as {accepted.entry.id}")
            return
        if fault.kind is FaultKind.ACCEPT_TIMEOUT:
            await asyncio.sleep(fault.seconds if "seconds" in fault.model_fields_set else 600)
        self._line.cut()
        raise Gone

    async def _text(self) -> bytes | None:
        """A mail's bytes up to the lone dot; None when it is too large."""
        lines: list[bytes] = []
        size = 0
        while (line := await self._line.read()) not in (b".\r\n", b".\n"):
            size += len(line)
            if size <= MAX_BYTES:
                lines.append(line.removeprefix(b"."))
        return b"".join(lines) if size <= MAX_BYTES else None

    async def _reset(self, _rest: str) -> None:
        self._envelope = None
        await self._line.say("250 2.0.0 OK")

    async def _noop(self, _rest: str) -> None:
        await self._line.say("250 2.0.0 OK")

    async def _quit(self, _rest: str) -> None:
        await self._line.say("221 2.0.0 Bye")
        raise Gone


def _unpacked(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""
