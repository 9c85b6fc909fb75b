"""Intake of each channel: requests with one message each, proved as its provider proves them, to the 200.

Every rate is told with its ratio to WhatsApp's, measured just the same; a desk has an inbox of each channel.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bench.posting import WARM_SECONDS
from bench.product import Desk, desk
from bench.report import Figure, Report, middle
from bench.tools import wrk
from tests.torture.office import APP_SECRET, Office, hook

HOOKS = 20_000
SECRET = "a-secret-of-the-benchmark"
STANDARD = base64.b64encode(b"a secret of the benchmark").decode()
ACCOUNT = "AC" + "0" * 32
BOUNDARY = "bench-of-the-desk"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
TEXT = "Does the Ridge 2 come in another colour?"
Request = tuple[dict[str, str], bytes]


@dataclass(frozen=True, slots=True)
class Provider:
    """How a channel's inbox is set up and what its provider posts.

    `request` makes the headers and the body of the n-th message for the hook's address.
    """

    channel: str
    config: Mapping[str, Any]
    request: Callable[[int, str], Request]
    query: str = ""


def run(report: Report, rounds: int, seconds: float) -> None:
    """Both engines."""
    for engine in ("postgresql", "sqlite"):
        report.say(f"intake of each channel, {engine}")
        with desk(engine, conversations=0) as made, tempfile.TemporaryDirectory() as name:
            rates = _rates(made, Path(name), rounds, seconds)
            for channel, rate in rates.items():
                figure = f"intake, {channel} / WhatsApp's"
                report.add(Figure(figure, engine, rate, "/s", rate / rates["whatsapp"]))


def _rates(made: Desk, folder: Path, rounds: int, seconds: float) -> dict[str, float]:
    found: dict[str, float] = {}
    with made.running("api") as (base, _):
        inboxes = asyncio.run(_inboxes(made.office))
        for provider in PROVIDERS:
            path = folder / f"{provider.channel}.txt"
            _write(path, provider, inboxes[provider.channel])
            env = {**made.env, "HOOKS": str(path)}
            wrk(base, "intake", seconds=WARM_SECONDS, env=env)
            loads = [wrk(base, "intake", seconds=seconds, env=env) for _ in range(rounds)]
            found[provider.channel] = middle([load.rate for load in loads])
    return found


async def _inboxes(office: Office) -> dict[str, str]:
    """An inbox of every channel; the addresses of their hooks."""
    async with office.client() as client:
        listed = (await client.get("/v1/inboxes")).raise_for_status().json()["items"]
        found = {each["channel"]: each["hook_url"] for each in listed}
        for provider in PROVIDERS:
            if provider.channel not in found:
                body = {
                    "channel": provider.channel,
                    "name": provider.channel,
                    "config": dict(provider.config),
                }
                answer = await client.post("/v1/inboxes", json=body)
                found[provider.channel] = answer.raise_for_status().json()["hook_url"]
    return found


def _write(path: Path, provider: Provider, hook_url: str) -> None:
    address = urlsplit(hook_url).path + (f"?{provider.query}" if provider.query else "")
    with path.open("w") as out:
        for n in range(HOOKS):
            headers, body = provider.request(n, hook_url)
            out.write(f"{quote(address)}\t{urlencode(headers, quote_via=quote)}\t{quote(body)}\n")


def _signed(body: bytes) -> Request:
    """As Meta signs."""
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={digest}", "Content-Type": JSON}, body


def _whatsapp(n: int, _url: str) -> Request:
    return hook(f"{TEXT} {n}", sender=f"4477009{n % 500:05d}", wamid=f"wamid.intake/{n}", at=1749416383 + n)


def _meta(object_name: str) -> Callable[[int, str], Request]:
    def request(n: int, _url: str) -> Request:
        told = {
            "sender": {"id": f"73009{n % 500:05d}"},
            "recipient": {"id": "104410001"},
            "timestamp": 1749416383000 + n,
            "message": {"mid": f"m_{object_name}_{n}", "text": f"{TEXT} {n}"},
        }
        entry = {"id": "104410001", "time": 1749416383000 + n, "messaging": [told]}
        return _signed(json.dumps({"object": object_name, "entry": [entry]}).encode())

    return request


def _telegram(n: int, _url: str) -> Request:
    person = {"id": 70000000 + n % 500, "is_bot": False, "first_name": "Ida", "language_code": "en"}
    message = {
        "message_id": n + 1,
        "from": person,
        "chat": {"id": person["id"], "type": "private", "first_name": "Ida"},
        "date": 1749416383 + n,
        "text": f"{TEXT} {n}",
    }
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": JSON}
    return headers, json.dumps({"update_id": n + 1, "message": message}).encode()


def _slack(n: int, _url: str) -> Request:
    stamp = f"{1749416383 + n}.000100"
    event = {"type": "message", "user": f"U{n % 500:05d}", "text": f"{TEXT} {n}", "ts": stamp,
             "channel": f"D{n % 500:05d}", "channel_type": "im", "event_ts": stamp}  # fmt: skip
    told = {"type": "event_callback", "team_id": "T0RILL", "api_app_id": "A0RILL", "event_id": f"Ev{n}",
            "event_time": 1749416383 + n, "event": event}  # fmt: skip
    body, at = json.dumps(told).encode(), str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}", "Content-Type": JSON}
    return headers, body


def _twilio(n: int, url: str) -> Request:
    fields = {"MessageSid": f"SM{n:032x}", "SmsSid": f"SM{n:032x}", "SmsStatus": "received", "NumMedia": "0",
              "AccountSid": ACCOUNT, "From": f"+1500555{n % 500:04d}", "To": "+15005550006",
              "Body": f"{TEXT} {n}", "NumSegments": "1"}  # fmt: skip
    words = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = base64.b64encode(hmac.new(SECRET.encode(), words.encode(), hashlib.sha1).digest()).decode()
    return {"X-Twilio-Signature": digest, "Content-Type": FORM}, urlencode(fields).encode()


def _email(n: int, _url: str) -> Request:
    """As SendGrid's Inbound Parse posts a mail."""
    sender = f"ana{n % 500}@customer.example"
    head = (
        f"From: Ana <{sender}>\nTo: help@desk.example\nMessage-ID: <m{n}@customer.example>\nSubject: Bikes\n"
    )
    fields = {"headers": head, "from": f"Ana <{sender}>", "to": "help@desk.example", "subject": "Bikes",
              "text": f"{TEXT} {n}", "charsets": '{"text":"utf-8"}',
              "envelope": json.dumps({"to": ["help@desk.example"], "from": sender})}  # fmt: skip
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return headers, ("".join(parts) + f"--{BOUNDARY}--\r\n").encode()


def _own(n: int, _url: str) -> Request:
    """As one's own channel signs (Standard Webhooks)."""
    told = {"type": "message", "id": f"m{n}", "from": {"id": f"nora-{n % 500}", "name": "Nora"},
            "content": {"kind": "text", "body": f"{TEXT} {n}"}}  # fmt: skip
    body, at = json.dumps(told).encode(), str(int(time.time()))
    signed = f"w{n}.{at}.".encode() + body
    digest = base64.b64encode(hmac.new(base64.b64decode(STANDARD), signed, hashlib.sha256).digest()).decode()
    headers = {"webhook-id": f"w{n}", "webhook-timestamp": at, "webhook-signature": f"v1,{digest}"}
    return headers | {"Content-Type": JSON}, body


_PAGE = {
    "page_id": "104410001",
    "access_token": "a-token",
    "app_secret": APP_SECRET,
    "verify_token": "a-word",
}
PROVIDERS = (
    Provider("whatsapp", {}, _whatsapp),
    Provider(
        "telegram",
        {"bot_username": "rill_bot", "bot_token": "5500:a-token-that-nobody-may-see", "secret_token": SECRET},
        _telegram,
    ),
    Provider("messenger", _PAGE, _meta("page")),
    Provider("instagram", _PAGE, _meta("instagram")),
    Provider("slack", {"app_id": "A0RILL", "bot_token": "xoxb-t", "signing_secret": SECRET}, _slack),
    Provider(
        "twilio_sms", {"account_sid": ACCOUNT, "auth_token": SECRET, "sender": "+15005550006"}, _twilio
    ),
    Provider(
        "email",
        {"address": "help@desk.example", "outgoing": "sendgrid", "sendgrid_api_key": "SG.a-key",
         "inbound_key": SECRET, "reply_secret": SECRET},
        _email,
        query=f"key={SECRET}",
    ),
    Provider(
        "api",
        {"webhook_url": "https://rill.example/desk", "webhook_secret": f"whsec_{STANDARD}",
         "hook_secret": f"whsec_{STANDARD}"},
        _own,
    ),
)  # fmt: skip
"""Every channel with hooks; the web chat has none."""
