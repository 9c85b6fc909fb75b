"""A desk with an owner, a token, inboxes and conversations, made through the public API."""

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

import httpx2

OWNER = "ines@rill.example"
APP_SECRET = "torture-app-secret"
PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
ACCESS_TOKEN = "torture-token"
VERIFY_TOKEN = "torture-verify"


@dataclass(slots=True)
class Office:
    """What the load needs to know of the desk."""

    url: str
    token: str
    chat_inbox: str
    hook_path: str
    conversations: list[str] = field(default_factory=list)

    @property
    def headers(self) -> dict[str, str]:
        """What authenticates the agent's program."""
        return {"Authorization": f"Bearer {self.token}"}

    def client(self, **options: Any) -> httpx2.AsyncClient:
        """An HTTP client of the desk that follows no environment."""
        return httpx2.AsyncClient(
            base_url=self.url, headers=self.headers, trust_env=False, timeout=10, **options
        )


async def open_office(url: str, *, conversations: int = 6) -> Office:
    """Set the desk up: owner, token, a web chat and a WhatsApp inbox, some conversations."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=20) as client:
        owner = {
            "account_name": "Rill",
            "name": "Ines",
            "email": "ines@rill.example",
            "password": "a long passphrase",
        }
        session = await _posted(client, "/v1/setup", owner)
        client.headers["X-CSRF-Token"] = session["csrf_token"]
        permissions = session["permissions"]
        token = (await _posted(client, "/v1/tokens", {"name": "torture", "permissions": permissions,
                                                     "user_id": session["user"]["id"]}))["token"]  # fmt: skip
        chat = await _posted(client, "/v1/inboxes", {"channel": "webchat", "name": "Chat", "config": {}})
        unpaced = {"limits": {"pair_seconds": 0.01, "pair_burst": 1000}}  # a long siege writes more than 45
        phone = await _posted(client, "/v1/inboxes", {
            "channel": "whatsapp", "name": "Phone", "sending": unpaced, "config": {
            "phone_number_id": PHONE_NUMBER_ID, "waba_id": WABA_ID, "access_token": ACCESS_TOKEN,
            "app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN}})  # fmt: skip
    office = Office(url, token, chat["id"], f"/hooks/whatsapp/{phone['id']}")
    async with office.client() as client:
        for n in range(conversations):
            contact = {"name": f"Visitor {n}", "addresses": [{"scheme": "web", "address": f"torture-{n}"}]}
            made = await _posted(client, "/v1/conversations", {"inbox_id": chat["id"], "contact": contact})
            office.conversations.append(made["id"])
    return office


async def _posted(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    answer = await client.post(path, json=body)
    if answer.status_code != 201:
        raise AssertionError(f"POST {path}: {answer.status_code} {answer.text}")
    return answer.json()


def hook(text: str, *, sender: str, wamid: str, at: int) -> tuple[dict[str, str], bytes]:
    """A signed request as WhatsApp sends it for one text message."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": PHONE_NUMBER_ID},
        "contacts": [{"profile": {"name": f"Customer {sender[-3:]}"}, "wa_id": sender}],
        "messages": [
            {"from": sender, "id": wamid, "timestamp": str(at), "type": "text", "text": {"body": text}}
        ],
    }
    entry = {"id": "102290129340398", "changes": [{"value": value, "field": "messages"}]}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}, body


async def pages(client: httpx2.AsyncClient, path: str, **params: str) -> list[Any]:
    """All items of a keyset list."""
    items: list[Any] = []
    while True:
        answer = await client.get(path, params={**params, "limit": "100"})
        answer.raise_for_status()
        page = answer.json()
        items += page["items"]
        if not page["next_cursor"]:
            return items
        params["cursor"] = page["next_cursor"]


async def transcript(client: httpx2.AsyncClient, conversation: str) -> list[Any]:
    """All messages of a conversation, oldest first."""
    items: list[Any] = []
    params: dict[str, str] = {"limit": "100"}
    while True:
        answer = await client.get(f"/v1/conversations/{conversation}/messages", params=params)
        answer.raise_for_status()
        page = answer.json()
        items = page["items"] + items
        if not page["previous"]:
            return items
        params["before"] = page["previous"]
        await asyncio.sleep(0)
