"""Inboxes at work: making and changing them, their secrets, and the `Connection` a channel gets.

A simulated inbox is made by the desk itself only: its mark never changes, and its provider's address is the
desk's own simulator. No address of a provider is ever taken from a client.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

from frontdesk.domain.conversation import ReopenPolicy
from frontdesk.domain.errors import DeskError, Invalid, NotFound
from frontdesk.domain.scope import Scope, system_scope
from frontdesk.features.inboxes import config as settings
from frontdesk.features.inboxes.references import References, SecretUnavailable, references_in
from frontdesk.features.inboxes.sealing import Seals
from frontdesk.kit.crypto import Vault, random_token
from frontdesk.kit.http import HttpClient
from frontdesk.ports.channel import Channel, Connection, ConnectionReport, Disconnects
from frontdesk.ports.secrets import SecretStore
from frontdesk.store import inboxes, secrets, templates
from frontdesk.store.engine import Store
from frontdesk.store.inboxes import NewInbox
from frontdesk.store.statement import Row
from frontdesk.store.tx import ReadTx, Tx

KEPT_SECONDS = 2.0
_MOST = 10_000
CONNECT_SECONDS = 30.0
DISCONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxDraft:
    """What somebody wants of a new inbox."""

    channel: str
    name: str
    config: Mapping[str, Any] = field(default_factory=dict)
    greeting: dict[str, str] | None = None
    reopen_policy: str = ReopenPolicy.REOPEN
    time_zone: str | None = None
    sending: dict[str, Any] | None = None
    """Words of leave and quiet hours, as the API takes them."""
    simulator: str | None = None
    """In a demo: the simulator it talks to; None: the one named like its channel."""


@dataclass(frozen=True, slots=True)
class OpenInbox:
    """An inbox with its channel and the connection the channel needs."""

    row: Row
    channel: Channel
    connection: Connection


class Inboxes:
    """The desk's inboxes.

    Args:
        store: Where they are kept.
        vault: Seals their secrets.
        channels: The known channels by slug.
        public_url: How providers reach the desk, with the prefix of a proxy.
        own_url: How the desk reaches itself: where the simulators are, and their hooks go.
        secret_stores: Where settings may refer to for their secrets.
        is_demo: Whether every inbox made here is a simulated one.
    """

    def __init__(
        self,
        store: Store,
        vault: Vault,
        channels: Mapping[str, Channel],
        *,
        public_url: str,
        own_url: str,
        secret_stores: Mapping[str, SecretStore] | None = None,
        is_demo: bool = False,
    ) -> None:
        self._references = References(secret_stores or {})
        self._store, self._seals, self.channels = store, Seals(vault), channels
        self._public_url, self._own_url, self._is_demo = public_url, own_url, is_demo
        self._http = HttpClient()
        self._simulated_http = HttpClient.for_origin(own_url)
        self._kept: dict[UUID, tuple[float, OpenInbox]] = {}

    async def close(self) -> None:
        """Close connections to providers."""
        await self._http.aclose()
        await self._simulated_http.aclose()

    def forget(self) -> None:
        """Read inboxes anew: something about them changed in this process."""
        self._kept = {}

    async def open(self, inbox_id: UUID) -> OpenInbox:
        """An inbox ready for use by hooks and workers; kept for 2 s.

        Raises:
            NotFound: There is no such inbox, or its channel is not installed.
            InboxUnusable: Its settings cannot be used.
            SecretUnavailable: A secret that it refers to cannot be had.
        """
        kept = self._kept.get(inbox_id)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        cache = self._kept
        row, sealed = await self._store.read(lambda tx: _with_secrets(tx, inbox_id))
        channel = self.channels.get(row.channel)
        if channel is None:
            raise NotFound("The channel of this inbox is not installed.")
        found = await self._references.all_of(_references(channel, row.config))
        filled = row._replace(config={**row.config, **found}) if found else row
        opened = OpenInbox(row, channel, self.connection_for(filled, sealed))
        if len(cache) >= _MOST:
            cache.clear()
        cache[inbox_id] = (time.monotonic() + KEPT_SECONDS, opened)
        return opened

    def connection_for(self, row: Row, sealed: Mapping[str, bytes]) -> Connection:
        """What a channel gets of an inbox: its settings with opened secrets, and a guarded client.

        A secret that does not open (another key) is left out, so the channel fails closed.

        Raises:
            InboxUnusable: The channel cannot do without it.
        """
        channel = self.channels[row.channel]
        values = {**row.config, **self._seals.opened(row, sealed)}
        is_simulated = row.simulated_origin is not None
        return Connection(
            inbox_id=row.id,
            account_id=row.account_id,
            name=row.name,
            config=settings.typed(channel, values),
            http=self._simulated_http if is_simulated else self._http,
            base_url=f"{self._own_url}/{row.simulated_origin}" if is_simulated else None,
            hook_url=self.hook_url(row),
        )

    def hook_url(self, row: Row) -> str:
        """Where the provider of an inbox sends its hooks."""
        base = self._own_url if row.simulated_origin is not None else self._public_url
        return f"{base}/hooks/{row.channel}/{row.id}"

    async def referenced(
        self, scope: Scope, given: Mapping[str, Any], *, channel: str = "", inbox_id: UUID | None = None
    ) -> dict[str, str]:
        """What the references of new settings lead to, and as far as it can be had, those of the old ones.

        Args:
            scope: Who asks.
            given: New settings.
            channel: Of an inbox to be made.
            inbox_id: Of one to be changed.

        Raises:
            NotFound: There is no such inbox.
            InvalidFields: A new reference leads to nothing.
        """
        old: Mapping[str, Any] = {}
        if inbox_id is not None:
            row = await self._store.read(lambda tx: inboxes.get(tx, scope, inbox_id))
            channel, old = row.channel, row.config
        if channel not in self.channels:
            return {}
        new = _references(self.channels[channel], given)
        kept = _references(self.channels[channel], {**old, **dict.fromkeys(given)})
        return await self._references.had(kept.values()) | await self._references.given(new)

    def create(
        self, tx: Tx, scope: Scope, draft: InboxDraft, known: Mapping[str, str] = MappingProxyType({})
    ) -> Row:
        """Add an inbox. `known` is what `referenced` answered.

        Raises:
            Invalid: There is no such channel.
            InvalidFields: The settings are not as the channel needs them.
        """
        channel = self.channels.get(draft.channel)
        if channel is None:
            listed = ", ".join(sorted(self.channels))
            raise Invalid("There is no such channel.", field="channel", hint=f"Known ones: {listed}.")
        config, opened = settings.validate(channel, draft.config, known)
        row = inboxes.add(
            tx,
            scope,
            NewInbox(
                channel=draft.channel,
                name=draft.name,
                config=config,
                public_key=random_token("fi_"),
                state="new" if settings.needs_connecting(channel) else "connected",
                reopen_policy=draft.reopen_policy,
                greeting=draft.greeting,
                time_zone=draft.time_zone,
                settings={"sending": draft.sending} if draft.sending else None,
                simulated_origin=f"simulators/{draft.simulator or draft.channel}" if self._is_demo else None,
            ),
        )
        self._seals.put(tx, row, opened)
        return row

    def change(
        self,
        tx: Tx,
        scope: Scope,
        inbox_id: UUID,
        values: dict[str, Any],
        known: Mapping[str, str] = MappingProxyType({}),
    ) -> Row:
        """Change an inbox; settings that are not given stay. `known` is what `referenced` answered.

        Raises:
            InvalidFields: The settings are not as the channel needs them.
        """
        row = inboxes.lock(tx, scope, inbox_id)
        if "sending" in values:
            values["settings"] = {**(row.settings or {}), "sending": values.pop("sending")}
        given = values.pop("config", None)
        if given is not None:
            old = self._seals.opened(row, secrets.of_owner(tx, row.account_id, row.id))
            combined = settings.combine(row.config, old, given)
            values["config"], opened = settings.validate(self.channels[row.channel], combined, known)
            secrets.drop(tx, row.account_id, row.id)
            self._seals.put(tx, row, opened)
        return inboxes.change(tx, scope, inbox_id, values)

    def delete(self, tx: Tx, scope: Scope, inbox_id: UUID) -> None:
        """Delete an inbox and its secrets; its conversations stay."""
        inboxes.delete(tx, scope, inbox_id)
        secrets.drop(tx, scope.account_id, inbox_id)
        templates.drop(tx, scope.account_id, inbox_id)

    async def connect(self, scope: Scope, inbox_id: UUID) -> ConnectionReport:
        """Let the channel check the credentials and register the hook; notes what came of it."""
        row = await self._store.read(lambda tx: inboxes.get(tx, scope, inbox_id))
        self.forget()
        try:
            opened = await self.open(inbox_id)
            async with asyncio.timeout(CONNECT_SECONDS):
                report = await opened.channel.connect(opened.connection)
        except TimeoutError:
            report = ConnectionReport(ok=False, steps=(("connect", False, "The provider did not answer."),))
        except SecretUnavailable as error:
            report = ConnectionReport(ok=False, steps=(("Secrets", False, error.message),))
        failed = next((evidence for _, passed, evidence in report.steps if not passed), None)
        state = "connected" if report.ok else "reconnect"
        await self.note_state(row.account_id, inbox_id, state, failed)
        return report

    async def disconnect(self, scope: Scope, inbox_id: UUID) -> None:
        """Let the channel take back at the provider what `connect` set up there, as far as it can be reached.

        Raises:
            NotFound: The caller has no such inbox.
        """
        await self._store.read(lambda tx: inboxes.get(tx, scope, inbox_id))
        try:
            opened = await self.open(inbox_id)
            if isinstance(opened.channel, Disconnects):
                async with asyncio.timeout(DISCONNECT_SECONDS):
                    await opened.channel.disconnect(opened.connection)
        except (DeskError, TimeoutError):
            return  # nothing can be taken back then; hooks of a deleted inbox are refused

    async def note_state(self, account_id: UUID, inbox_id: UUID, state: str, reason: str | None) -> None:
        """Note how an inbox stands: `connected`, or `reconnect` when its credentials no longer work."""
        scope = system_scope(account_id)
        values = {"state": state, "state_reason": reason}
        await self._store.write(lambda tx: inboxes.change(tx, scope, inbox_id, values))
        self.forget()


def _with_secrets(tx: ReadTx, inbox_id: UUID) -> tuple[Row, dict[str, bytes]]:
    row = inboxes.find(tx, inbox_id)
    if row is None:
        raise NotFound("There is no such inbox.")
    return row, secrets.of_owner(tx, row.account_id, inbox_id)


def _references(channel: Channel, config: Mapping[str, Any]) -> dict[str, str]:
    return references_in(config, settings.secret_fields(channel.Config))
