"""The guarded HTTP client over TLS: it connects to the checked address and names the host in SNI and Host."""

import asyncio
import contextlib
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from frontdesk.kit import http as kit_http
from frontdesk.kit.clock import utc_now
from frontdesk.kit.http import ConnectFailed, HttpClient
from tests.kit.test_http import Names, Recorder


def certificate(folder: Path, name: str) -> Path:
    """A self-signed certificate for this name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc_now() - dt.timedelta(days=1))
        .not_valid_after(utc_now() + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextlib.asynccontextmanager
async def tls_server(path: Path, named: list[str | None], heads: list[bytes]) -> AsyncIterator[int]:
    """Answers every request with 200; keeps the names asked for by SNI and the request heads."""

    def on_name(_socket: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
        named.append(name)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok")
            await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    context.sni_callback = on_name
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_name_in_sni_and_host_address_as_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusal 38, the other half: pinning takes nothing from the certificate's check."""
    path = certificate(tmp_path, "api.example.com")
    trusting = ssl.create_default_context(cafile=str(path))
    monkeypatch.setattr(kit_http, "_ssl_context", lambda: trusting)
    named: list[str | None] = []
    heads: list[bytes] = []
    async with tls_server(path, named, heads) as port:
        network = Recorder(port)
        names = Names(api_example_com=[["93.184.216.34"]], other_example_com=[["93.184.216.34"]])
        async with HttpClient(resolve=names, network=network) as client:
            response = await client.request(
                "GET", "https://api.example.com/v1", headers={"Authorization": "Bearer t"}
            )
            assert response.content == b"ok"
            with pytest.raises(ConnectFailed, match="CERTIFICATE_VERIFY_FAILED"):
                await client.request("POST", "https://other.example.com/v1", json={})
    assert network.connected == [("93.184.216.34", 443), ("93.184.216.34", 443)]
    assert named == ["api.example.com", "other.example.com"]
    assert len(heads) == 1
    assert b"host: api.example.com\r\n" in heads[0].lower()
    assert b"authorization: bearer t\r\n" in heads[0].lower()


async def test_a_certificate_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    heads: list[bytes] = []
    async with tls_server(certificate(tmp_path, "api.example.com"), [], heads) as port:
        names = Names(api_example_com=[["93.184.216.34"]])
        async with HttpClient(resolve=names, network=Recorder(port)) as client:
            with pytest.raises(ConnectFailed):
                await client.request("POST", "https://api.example.com/", json={})
    assert heads == []
