"""The demo: a made-up bike shop with an owner, agents, inboxes and customers' phones, all of it simulated.

A database is either a demo's or a company's, never both: `check_kind` refuses to mix them.
"""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from starlette.types import ASGIApp

from frontdesk.domain.scope import Role, Scope, system_scope
from frontdesk.features.accounts.access import Access
from frontdesk.features.accounts.passwords import Passwords
from frontdesk.features.accounts.signing_in import Founding, SigningIn
from frontdesk.features.inboxes.inboxes import InboxDraft, Inboxes
from frontdesk.runtime import channels
from frontdesk.runtime.container import DemoConfig
from frontdesk.runtime.kind import DEMO_PASSWORD, WrongKind, needs_owner
from frontdesk.runtime.secret_key import vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.simulators.whatsapp import Settings as NetworkSettings
from frontdesk.simulators.whatsapp import WhatsAppSimulator
from frontdesk.store import accounts, inboxes, users
from frontdesk.store.engine import Store
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx

OWNER = "owner@rill.example"
_COMPANY = "Rill Bikes"
MOUNT = "/simulators/whatsapp"
_AGENTS = (("Maya Lindqvist", "maya@rill.example"), ("Tomás Vidal", "tomas@rill.example"))
_PHONES = (
    ("34600000001", "Nora Vidal"),
    ("447700900002", "Amir Haddad"),
    ("4915112345603", "Lena Vogt"),
    ("5491112345604", "Julián Paz"),
)
_GREETING = {
    "default": "Hello! How can we help with your bike?",
    "de": "Hallo! Wie können wir mit deinem Rad helfen?",
    "es": "¡Hola! ¿Cómo podemos ayudarte con tu bici?",
}


class Demo:
    """Seeds and runs the demo over an open store.

    Args:
        settings: What was set.
        store: Open, and a demo's or empty.
        port: Where the desk listens; the simulators are there too.
    """

    def __init__(self, settings: Settings, store: Store, port: int) -> None:
        self.settings, self.store, self.port = settings, store, port
        network = NetworkSettings(delivered_after_seconds=0.6, read_after_seconds=2.5)
        self._simulator = WhatsAppSimulator(network, journal=settings.data_dir / "simulators" / "whatsapp")

    async def prepare(self) -> tuple[DemoConfig, Mapping[str, ASGIApp]]:
        """Make what is missing; a second start finds everything and changes nothing."""
        own_url = f"http://{self.settings.local_host}:{self.port}"
        access = Access(self.store)
        signing_in = SigningIn(self.store, access, Passwords())
        vault, known = vault_of(self.settings), channels.load()
        made = Inboxes(self.store, vault, known, public_url=own_url, own_url=own_url, is_demo=True)
        password = await self._found(signing_in)
        rows = await self._inboxes(made, system_scope(await self._account_id()))
        await self._register(made, rows)
        for wa_id, name in _PHONES:
            self._simulator.add_phone(wa_id, name)
        await made.close()
        chat = next((row.public_key for row in rows if row.channel == "webchat"), None)
        return DemoConfig(sign_in=(OWNER, password), public_key=chat), {MOUNT: self._simulator.app}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry messages between the desk and the phones while inside."""
        async with self._simulator.running():
            yield

    async def _account_id(self) -> UUID:
        row = await self.store.read(lambda tx: users.by_email(tx, OWNER))
        if row is None:
            raise WrongKind("The demo's owner is gone.", hint="Start with an empty folder: --data-dir.")
        account_id: UUID = row.account_id
        return account_id

    async def _found(self, signing_in: SigningIn) -> str:
        if not await needs_owner(self.store):
            return await self.store.read(lambda tx: accounts.fact(tx, DEMO_PASSWORD)) or ""
        password = "-".join(secrets.token_hex(3) for _ in range(3))
        founding = Founding(
            account_name=_COMPANY,
            name="Olive Rill",
            email=OWNER,
            password=password,
            time_zone="Europe/London",
            simulated=True,
        )
        account_id, _ = await signing_in.found(founding)
        password_hash = await signing_in.passwords.hash(password)

        def add_agents(tx: Tx) -> None:
            accounts.claim_fact(tx, DEMO_PASSWORD, password)
            for name, email in _AGENTS:
                agent = users.NewUser(email=email, name=name, password_hash=password_hash, role=Role.AGENT)
                users.add(tx, account_id, agent)

        await self.store.write(add_agents)
        return password

    async def _inboxes(self, made: Inboxes, scope: Scope) -> list[Row]:
        def find_or_make(tx: Tx) -> list[Row]:
            found = inboxes.page(tx, scope, UUID(int=0), 100)
            have = {row.channel for row in found}
            for draft in _drafts():
                if draft.channel in made.channels and draft.channel not in have:
                    row = made.create(tx, scope, draft)
                    found.append(inboxes.change(tx, scope, row.id, {"state": "connected"}))
            return found

        return await self.store.write(find_or_make)

    async def _register(self, made: Inboxes, rows: list[Row]) -> None:
        """Tell the simulated provider of our inboxes, as their owner would have done at the real one."""
        for row in rows:
            if row.channel != "whatsapp":
                continue
            opened = await made.open(row.id)
            values: Any = opened.connection.config
            self._simulator.register(
                values.phone_number_id,
                values.waba_id,
                values.access_token.get_secret_value(),
                values.app_secret.get_secret_value(),
                values.verify_token.get_secret_value(),
                made.hook_url(row),
                _COMPANY,
            )


def _drafts() -> list[InboxDraft]:
    return [
        InboxDraft(
            channel="whatsapp",
            name="WhatsApp",
            config={
                "phone_number_id": "100000000000001",
                "waba_id": "200000000000001",
                "access_token": secrets.token_urlsafe(32),
                "app_secret": secrets.token_hex(16),
                "verify_token": secrets.token_urlsafe(16),
            },
            greeting=_GREETING,
            time_zone="Europe/London",
        ),
        InboxDraft(
            channel="webchat",
            name=_COMPANY,
            config={"accent": "#37695d"},
            greeting=_GREETING,
            time_zone="Europe/London",
        ),
    ]
