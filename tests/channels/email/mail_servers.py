"""A mail server of each kind for the tests, on loopback: what it does at each command is laid out before."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from frontdesk.kit.clock import utc_now

HOST = "mail.desk.example"


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's and the client's side of a certificate made for this test."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(utc_now() - timedelta(days=1))
        .not_valid_after(utc_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "cert.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    client = ssl.create_default_context(cafile=str(file))
    return server, client


@dataclass
class SmtpServer:
    """Takes mails; answers a command (MAIL, RCPT, DATA, BODY, AUTH) as told, or hangs up when told None."""

    answers: dict[str, str | None] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    """What was said to it; END when the connection is closed."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.words.append("END")
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper().decode() if line.split() else ""
            self.words.append(word)
            answer = self.answers.get(
                word, {"DATA": "354 go", "QUIT": "221 bye", "AUTH": "235 ok"}.get(word, "250 ok")
            )
            if word == "EHLO":
                answer = "250-mail.desk.example\r\n250 AUTH PLAIN"
            if word == "RCPT":
                self.recipients.append(line.decode())
            if answer is None:
                return
            writer.write(answer.encode() + b"\r\n")
            if word == "DATA" and answer.startswith("354"):
                mail = await reader.readuntil(b"\r\n.\r\n")
                end = self.answers.get("BODY", "250 taken")
                if end is None:
                    return
                if end.startswith("250"):
                    self.mails.append(mail)
                writer.write(end.encode() + b"\r\n")
            if word == "QUIT":
                return


@dataclass
class ImapServer:
    """A folder with mails by UID."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 7
    password: str = "secret"
    selected: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP4rev1 ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.words.append(command.partition(" ")[0])
            for untagged in self._said(command):
                writer.write(untagged + b"\r\n")
            is_wrong = command.startswith("LOGIN") and self.password not in command
            writer.write(f"{tag} {'NO wrong' if is_wrong else 'OK done'}\r\n".encode())
            if command == "LOGOUT":
                break
        writer.close()

    def _said(self, command: str) -> list[bytes]:
        if command == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1"]
        if command.startswith(("EXAMINE", "SELECT")):
            self.selected.append(command)
            upcoming = max(self.mails, default=0) + 1
            return [
                f"* {len(self.mails)} EXISTS".encode(),
                f"* OK [UIDVALIDITY {self.validity}] valid".encode(),
                f"* OK [UIDNEXT {upcoming}] next".encode(),
            ]
        if command.startswith("UID FETCH") and "RFC822.SIZE" in command:
            first = int(command.split()[2].split(":", maxsplit=1)[0])
            found = [uid for uid in sorted(self.mails) if uid >= first] or [max(self.mails, default=0)]
            return [
                f"* {n} FETCH (UID {uid} RFC822.SIZE {len(self.mails[uid])})".encode()
                for n, uid in enumerate(found, 1)
                if uid in self.mails
            ]
        if command.startswith("UID FETCH"):
            uid = int(command.split()[2])
            raw = self.mails.get(uid)
            head = f"* 1 FETCH (UID {uid} BODY[] {{{len(raw or b'')}}}\r\n".encode()
            return [head + raw + b")"] if raw is not None else []
        return []


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object], context: ssl.SSLContext
) -> AsyncIterator[int]:
    """Listens on a free port with TLS from the first byte; the port."""

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await serve(reader, writer)  # type: ignore[misc]

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
