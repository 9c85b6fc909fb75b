"""The demo: a made-up bike shop with an owner, agents, inboxes and customers' phones, all of it simulated.

A database is either a demo's or a company's, never both: `check_kind` refuses to mix them.
"""

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

from pydantic import BaseModel, SecretStr
from starlette.routing import BaseRoute

from frontdesk.domain.scope import Role, Scope, system_scope
from frontdesk.features.accounts.access import Access
from frontdesk.features.accounts.passwords import Passwords
from frontdesk.features.accounts.signing_in import Founding, SigningIn
from frontdesk.features.inboxes.inboxes import InboxDraft, Inboxes
from frontdesk.runtime import channels, simulators
from frontdesk.runtime.container import DemoConfig
from frontdesk.runtime.kind import DEMO_PASSWORD, WrongKind, needs_owner
from frontdesk.runtime.secret_key import vault_of
from frontdesk.runtime.settings import Settings
from frontdesk.simulators.base.demo import DemoPart
from frontdesk.simulators.base.serving import routes
from frontdesk.store import accounts, inboxes, users
from frontdesk.store.engine import Store
from frontdesk.store.statement import Row
from frontdesk.store.tx import Tx

OWNER = "owner@rill.example"
_COMPANY = "Rill Bikes"
_TIME_ZONE = "Europe/London"
_AGENTS = (("Maya Lindqvist", "maya@rill.example"), ("Tomás Vidal", "tomas@rill.example"))
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
        self._parts = list(simulators.load(settings.data_dir / "simulators"))

    async def prepare(self) -> tuple[DemoConfig, list[BaseRoute]]:
        """Make what is missing; a second start finds everything and changes nothing."""
        own_url = f"http://{self.settings.local_host}:{self.port}"
        access = Access(self.store)
        signing_in = SigningIn(self.store, access, Passwords())
        vault, known = vault_of(self.settings), channels.load()
        made = Inboxes(self.store, vault, known, public_url=own_url, own_url=own_url, is_demo=True)
        password = await self._found(signing_in)
        rows = await self._inboxes(made, system_scope(await self._account_id()))
        await self._register(made, rows)
        for part in self._parts:
            part.add_phones()
        await made.close()
        chat = next((row.public_key for row in rows if row.channel == "webchat"), None)
        return DemoConfig(sign_in=(OWNER, password), public_key=chat), routes(
            [part.simulator for part in self._parts]
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry messages between the desk and the phones while inside."""
        async with AsyncExitStack() as stack:
            for part in self._parts:
                await stack.enter_async_context(part.simulator.running())
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
            time_zone=_TIME_ZONE,
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
            for draft in _drafts(self._parts):
                if draft.channel in made.channels and draft.channel not in have:
                    row = made.create(tx, scope, draft)
                    found.append(inboxes.change(tx, scope, row.id, {"state": "connected"}))
            return found

        return await self.store.write(find_or_make)

    async def _register(self, made: Inboxes, rows: list[Row]) -> None:
        """Tell the simulated providers of our inboxes, as their owner would have done at the real ones."""
        parts = {part.simulator.slug: part for part in self._parts}
        for row in rows:
            origin = row.simulated_origin or ""
            part = parts.get(origin.removeprefix("simulators/"))
            if part is not None:
                opened = await made.open(row.id)
                config = _plain(opened.connection.config)
                part.register(row.channel, config, made.hook_url(row), _COMPANY)


def _drafts(parts: Iterable[DemoPart]) -> list[InboxDraft]:
    simulated = [
        InboxDraft(
            channel=inbox.channel,
            name=inbox.name,
            config=inbox.config,
            greeting=_GREETING,
            time_zone=_TIME_ZONE,
            simulator=part.simulator.slug,
        )
        for part in parts
        for inbox in part.inboxes()
    ]
    chat = InboxDraft(
        channel="webchat",
        name=_COMPANY,
        config={"accent": "#37695d"},
        greeting=_GREETING,
        time_zone=_TIME_ZONE,
    )
    return [*simulated, chat]


def _plain(config: BaseModel) -> dict[str, Any]:
    """The settings of an inbox with its secrets in plain text."""
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value for name, value in config
    }
