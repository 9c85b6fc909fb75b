"""The simulator put together: the Web API and the play API as one ASGI application, and what it can do."""

import json
from collections.abc import Sequence
from pathlib import Path

from frontdesk.simulators.base import (
    ALL_KINDS,
    RETRY_SECONDS,
    Abilities,
    AddressField,
    Box,
    FaultKind,
    ReadyMade,
    Switch,
    Uploads,
)
from frontdesk.simulators.slack.api import WebApi
from frontdesk.simulators.slack.conduct import Conduct
from frontdesk.simulators.slack.files import MAX_FILE_BYTES
from frontdesk.simulators.slack.hooks import Wire
from frontdesk.simulators.slack.network import Network
from frontdesk.simulators.slack.state import Business, Channel, Phone, Settings, State

ABILITIES = Abilities(
    kinds=("text", "image", "voice", "video", "document", "audio"),
    replies=True,
    reactions=True,
    edits=True,
    revokes=True,
    switches=(
        Switch(
            name="writes_directly", label="Writes directly", hint="In a direct message, outside the channel"
        ),
    ),
    ready_made=(
        ReadyMade(label="/bike ready?", action={"type": "command", "command": "/bike", "text": "ready?"}),
    ),
    address=AddressField(
        label="Member ID",
        placeholder="U0AMIR",
        pattern=r"^[UW][A-Z0-9]{2,20}$",
        problem="U or W, then 2 to 20 capital letters or digits.",
    ),
)
_KINDS = ALL_KINDS - {FaultKind.FAIL_LATER, FaultKind.HOOK_BATCH}
"""An app is told no failures later, and gets one event in a request."""


class SlackSimulator(Box[State]):
    """Slack in a box.

    Mount `app` and run `running()` around the server, or use `serve` for a server of its own.

    Args:
        settings: How the workspace behaves.
        seed: Makes ids the same in every run.
        retry_seconds: Waits before each further try of a hook.
        journal: A folder in which people, messages and hooks under way outlive the process; None: none does.
    """

    slug = "slack"
    name = "Slack"
    abilities = ABILITIES

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        seed: int | None = None,
        retry_seconds: Sequence[float] = RETRY_SECONDS,
        journal: Path | None = None,
    ) -> None:
        state = State(settings or Settings(), seed)
        self._wire = Wire(state)
        super().__init__(state, self._wire, fault_kinds=_KINDS, retry_seconds=retry_seconds, journal=journal)
        self.network = Network(self.state, self.engine)
        uploads = Uploads(self.state, self.state.ids, MAX_FILE_BYTES)
        api = WebApi(self.network)
        self.conduct = Conduct(self.network, uploads)
        self.open(self.conduct, api.routes(), self.network.carrier.resume)

    def register(
        self,
        app_id: str,
        token: str,
        signing_secret: str,
        name: str,
        *,
        hook_url: str | None = None,
        files_base: str = "",
        channel: Channel | None = None,
        agents_channel: Channel | None = None,
        team: str = "T0RILL",
    ) -> Business:
        """Install an app in the workspace and invite it to a channel. Replaces an earlier one.

        Args:
            app_id: Its id, which begins with A.
            token: Its bot's token.
            signing_secret: Proves its hooks.
            name: What people see.
            hook_url: Where events, interactions and commands go.
            files_base: This simulator's own address, for those of files.
            channel: Where people find it.
            agents_channel: Where the company's own people are, if it was invited there.
            team: The workspace.
        """
        place = channel or Channel("C0HELP", "help")
        self.state.channels[place.id] = place
        if agents_channel is not None:
            self.state.channels[agents_channel.id] = agents_channel
        app = Business(
            app_id,
            name,
            f"#{place.name}",
            hook_url,
            token,
            signing_secret,
            team,
            f"U{app_id[1:]}",
            f"B{app_id[1:]}",
            place.id,
            files_base,
        )
        self.state.businesses[app_id] = app
        return app

    def add_phone(self, user: str | None = None, name: str | None = None, team: str | None = None) -> Phone:
        """Somebody of another company, or the one who has the id already."""
        return self.state.add_phone(user, name, team)

    def add_agent(self, user: str, name: str, email: str, *, channel: Channel, team: str = "T0RILL") -> Phone:
        """One of the company's own people in a channel of theirs, or the one who has the id already."""
        return self.state.add_agent(user, name, email, team, channel.id)

    async def prove_hook(self, app: Business) -> bool:
        """Send the challenge that Slack sends when the address of hooks is saved; whether it came back."""
        challenge = self.state.ids.uuid()
        told = {"token": "a-deprecated-token", "challenge": challenge, "type": "url_verification"}
        body = json.dumps(told).encode()
        headers = {**self._wire.headers(app, body), "Content-Type": "application/json"}
        answer = await self.hooks.call("POST", app.hook_url or "", content=body, headers=headers)
        return answer.is_success and challenge in answer.text
