"""Hooks of every channel at the desk: what is not proven leaves nothing, what comes again changes nothing."""

import base64
import gzip
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from frontdesk.channels.email.signature import SIGNATURE, TIMESTAMP
from frontdesk.channels.slack.signature import signature_of as slack_signature
from frontdesk.channels.twilio_sms.signature import signature_of as twilio_signature
from frontdesk.kit.clock import utc_now
from frontdesk.kit.webhooks import sign
from frontdesk.runtime import container
from frontdesk.store import tables as t
from frontdesk.store.statement import Statement
from frontdesk.testing import inbound_cases
from tests.channels.api.test_api import CONFIG as API
from tests.channels.api.test_api import HOOK, MESSAGE, OLD
from tests.channels.email.inbox import CONFIG as EMAIL
from tests.channels.email.inbox import INBOUND_KEY
from tests.channels.email.mails import mail
from tests.channels.email.test_signature import KEY, OTHER, public
from tests.channels.messenger.inbox import CONFIG as MESSENGER
from tests.channels.slack.inbox import CONFIG as SLACK
from tests.channels.slack.inbox import event_body, message
from tests.channels.telegram.inbox import CONFIG as TELEGRAM
from tests.channels.twilio_sms.inbox import CONFIG as TWILIO
from tests.channels.twilio_sms.inbox import FORM, INCOMING
from tests.channels.whatsapp.inbox import CONFIG as WHATSAPP
from tests.desk import RunningDesk, running_desk, until
from tests.provider import inboxes_at
from tests.services.processes import free_port

CHANNELS = Path(__file__).parents[1] / "channels"
JSON = "application/json"
SPOOFED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
}
SIX_MINUTES = timedelta(minutes=6)
Prove = Callable[[Any, str, bytes, timedelta], dict[str, str]]
"""Headers that prove a body, by a secret, for the hook's address, so long ago."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What one provider posts, by which setting it proves it, and how."""

    channel: str
    config: Mapping[str, Any]
    secret: str
    """The setting."""
    right: Any
    wrong: Any
    prove: Prove
    body: bytes
    kind: str = JSON
    tampered: bytes | None = None
    """Another body that the same proof must not cover; None: the proof is a word that covers none."""
    has_time: bool = False
    """The proof is good for five minutes."""
    query: str = ""
    """Where the word stands in the address instead of a header."""
    tells: int = 1
    """How many messages it makes."""


def fixture(name: str) -> bytes:
    return next(case.body for case in inbound_cases(CHANNELS / name / "fixtures") if case.name == "text")


def by_meta(secret: Any, _url: str, body: bytes, _age: timedelta) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def by_telegram(secret: Any, _url: str, _body: bytes, _age: timedelta) -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": secret}


def by_slack(secret: Any, _url: str, body: bytes, age: timedelta) -> dict[str, str]:
    at = seconds(age)
    return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": slack_signature(at, body, secret)}


def by_twilio(secret: Any, url: str, body: bytes, _age: timedelta) -> dict[str, str]:
    return {"X-Twilio-Signature": twilio_signature(url, parse_qs(body.decode()), secret)}


def by_sendgrid(secret: Any, _url: str, body: bytes, age: timedelta) -> dict[str, str]:
    key, at = secret or OTHER, seconds(age)
    signature = key.sign(at.encode() + body, ec.ECDSA(SHA256()))
    return {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: at}


def by_ourselves(secret: Any, _url: str, body: bytes, age: timedelta) -> dict[str, str]:
    return sign([secret or OLD], "msg-1", utc_now() - age, body)


def by_address(_secret: Any, _url: str, _body: bytes, _age: timedelta) -> dict[str, str]:
    return {}


def seconds(age: timedelta) -> str:
    return str(int((utc_now() - age).timestamp()))


def parsed_mail() -> bytes:
    raw = mail("Is it open?", Message_ID="<m1@customer.example>", Subject="Bike")
    return b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\n' + raw + b"\r\n--b--\r\n"


SLACK_BODY = json.dumps(event_body(message())).encode()
INSTAGRAM_BODY = fixture("messenger").replace(b'"page"', b'"instagram"')
META = ("app_secret", "an-app-secret", "another-app-secret", by_meta)
PROVIDERS = {
    "whatsapp": Provider("whatsapp", WHATSAPP, *META, fixture("whatsapp"), tampered=b"{}"),
    "messenger": Provider("messenger", MESSENGER, *META, fixture("messenger"), tampered=b"{}"),
    "instagram": Provider("instagram", MESSENGER, *META, INSTAGRAM_BODY, tampered=b"{}"),
    "telegram": Provider(
        "telegram", TELEGRAM, "secret_token", "a-word", "another-word", by_telegram, fixture("telegram")
    ),
    "slack": Provider(
        "slack", SLACK, "signing_secret", "a-secret", "another", by_slack, SLACK_BODY,
        tampered=SLACK_BODY + b" ", has_time=True,
    ),
    "twilio_sms": Provider(
        "twilio_sms", TWILIO, "auth_token", "a-token", "another", by_twilio,
        urlencode(INCOMING).encode(), FORM, urlencode(INCOMING | {"Body": "Give me all"}).encode(),
    ),
    "email by Inbound Parse": Provider(
        "email", EMAIL, "inbound_key", INBOUND_KEY, "another-word-that-nobody-guesses", by_address,
        parsed_mail(), "multipart/form-data; boundary=b", query="key",
    ),
    "email events": Provider(
        "email", EMAIL, "sendgrid_event_key", KEY, OTHER, by_sendgrid,
        b'[{"event": "delivered"}]', tampered=b'[{"event": "delivered"}] ', has_time=True, tells=0,
    ),
    "api": Provider(
        "api", API, "hook_secret", HOOK, OLD, by_ourselves,
        json.dumps(MESSAGE).encode(), tampered=json.dumps(MESSAGE).encode() + b" ", has_time=True,
    ),
}  # fmt: skip


def stored(secret: Any) -> Any:
    return public(secret) if isinstance(secret, ec.EllipticCurvePrivateKey) else secret


@dataclass(frozen=True, slots=True)
class Door:
    """A provider's inbox at a desk."""

    provider: Provider
    desk: RunningDesk
    path: str

    async def post(
        self,
        secret: Any,
        *,
        body: bytes | None = None,
        age: timedelta = timedelta(0),
        more: Mapping[str, str] | None = None,
        change: Callable[[str], str] = str,
    ) -> int:
        """The status of a hook proven by this secret; None: not at all. `body` is another than was proven."""
        of = self.provider
        url = f"{self.desk.url}{self.path}"
        proof = {} if secret is None else of.prove(secret, url, of.body, age)
        headers = {"Content-Type": of.kind, **{name: change(value) for name, value in proof.items()}}
        query = {of.query: change(secret)} if of.query and secret is not None else {}
        content = of.body if body is None else body
        headers |= more or {}
        answer = await self.desk.http.post(self.path, params=query, content=content, headers=headers)
        return int(answer.status_code)


async def opened(desk: RunningDesk, provider: Provider, secret: Any) -> Door:
    config = {name: value for name, value in provider.config.items() if name != provider.secret}
    config |= {} if secret is None else {provider.secret: stored(secret)}
    inbox = await desk.owner.inbox(provider.channel, provider.channel, config)
    return Door(provider, desk, f"/hooks/{provider.channel}/{inbox['id']}")


async def rows(desk: RunningDesk, table: Any) -> list[Any]:
    return await desk.store.read(lambda tx: tx.rows(Statement(table.select())))


def without_prefix(value: str) -> str:
    """What follows `sha256=`, `v0=` or `v1,`; else cut short."""
    for mark in ("=", ","):
        prefix, found, rest = value.partition(mark)
        if found and rest and len(prefix) <= 6:
            return rest
    return value[1:]


async def test_refusals_31_32_33_what_is_not_proven_leaves_nothing_on_any_channel(
    database_url: str, tmp_path: Path
) -> None:
    """Refusals 31, 32, 33, 34: unsigned, badly signed, another's secret, tampered, old, closed, spoofed."""
    async with running_desk(database_url, tmp_path / "data", workers=False) as desk:
        taken: dict[str, int] = {}
        for name, provider in PROVIDERS.items():
            door, closed = [await opened(desk, provider, secret) for secret in (provider.right, None)]
            told = {
                "unsigned": await door.post(None),
                "of another": await door.post(provider.wrong),
                "spoofed": await door.post(provider.wrong, more=SPOOFED),
                "empty": await door.post(provider.right, change=lambda _value: ""),
                "no prefix": await door.post(provider.right, change=without_prefix),
                "no secret, unsigned": await closed.post(None),
                "no secret, empty": await closed.post(""),
                "no secret, ours": await closed.post(provider.right),
            }
            if provider.tampered is not None:
                told["tampered"] = await door.post(provider.right, body=provider.tampered)
            if provider.has_time:
                told["old"] = await door.post(provider.right, age=SIX_MINUTES)
                told["from the future"] = await door.post(provider.right, age=-SIX_MINUTES)
            assert told == dict.fromkeys(told, 403), name
            assert await rows(desk, t.receipts) == [], name
            taken[name] = await door.post(provider.right, more=SPOOFED)
            await desk.store.write(lambda tx: tx.run(Statement(t.receipts.delete())))
        assert taken == dict.fromkeys(PROVIDERS, 200)


async def test_refusal_34_what_comes_again_has_no_second_effect_also_after_a_restart(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusal 34, G3: taken with 200 each time, on every channel, and one message."""
    monkeypatch.setattr(container, "Inboxes", inboxes_at(f"http://127.0.0.1:{free_port()}"))
    paths: dict[str, str] = {}
    for run in range(2):
        async with running_desk(database_url, tmp_path / "data") as desk:
            for name, provider in PROVIDERS.items():
                if run == 0:
                    paths[name] = (await opened(desk, provider, provider.right)).path
                door = Door(provider, desk, paths[name])
                assert [await door.post(provider.right) for _ in range(3)] == [200] * 3, name

            async def all_read(of: RunningDesk = desk) -> bool:
                return all(row.state == "done" for row in await rows(of, t.receipts))

            await until(all_read, seconds=30, what="all hooks read")
            inboxes = {row.id: row.channel for row in await rows(desk, t.inboxes)}
            conversations = {row.id: row.inbox_id for row in await rows(desk, t.conversations)}
            incoming = [row for row in await rows(desk, t.messages) if row.direction == "incoming"]
            told = Counter(inboxes[conversations[row.conversation_id]] for row in incoming)
            assert told == Counter({each.channel: each.tells for each in PROVIDERS.values() if each.tells})


async def test_refusal_35_a_packed_bomb_is_kept_packed_and_unreadable(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Refusal 35: a proven body that unpacks to 100 MB is kept as it came, and is no message."""
    async with running_desk(sqlite_url, tmp_path / "data") as desk:
        bomb = gzip.compress(bytes(100_000_000))
        door = await opened(desk, replace(PROVIDERS["whatsapp"], body=bomb), "an-app-secret")
        assert await door.post("an-app-secret", more={"Content-Encoding": "gzip"}) == 200

        async def settled() -> list[Any]:
            return [row for row in await rows(desk, t.receipts) if row.state == "failed"]

        [failed] = await until(settled, what="the dead letter")
        assert bytes(failed.body) == bomb
        assert await rows(desk, t.messages) == []
