"""A provider made up for tests, built of the base alone, as docs/adding-a-simulator.md says."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from frontdesk.kit.http import Response as HookAnswer
from frontdesk.simulators import base
from frontdesk.simulators.base import Attempt, Fault, Hook, HookRequest, PhoneMessage, StoredFile
from frontdesk.simulators.base.actions import File, Revoke, Text

TOKEN, SECRET = "letters-token", "letters-secret"
KINDS = frozenset(base.FaultKind) - {base.FaultKind.HOOK_BATCH}
action_adapter: TypeAdapter[Text | File | Revoke] = TypeAdapter(
    Annotated[Text | File | Revoke, Field(discriminator="type")]
)


@dataclass(slots=True)
class House(base.Phone):
    """Somebody who gets letters."""

    has_a_dog: bool = False


class HouseUpdate(base.PhoneUpdate):
    """With the switch of this provider."""

    has_a_dog: bool | None = None


class State(base.State[House]):
    """With pictures."""

    def look(self, message: PhoneMessage) -> base.Look:
        file = message.body.get("file")
        return base.Look(message.shown, files=(base.LookFile("image", id=file),) if file else ())

    def phone_facts(self, phone: House) -> dict[str, Any]:
        return {"has_a_dog": phone.has_a_dog}


class Wire:
    """JSON, signed with a word of its own; any 2xx takes it. Tells which try it is."""

    def __init__(self, state: State) -> None:
        self._state = state

    def body(self, hooks: Sequence[Hook], shape: str) -> bytes:
        assert (len(hooks), shape) == (1, "")
        return json.dumps(hooks[0].value).encode()

    def request(self, hook: Hook, body: bytes, attempt: Attempt) -> HookRequest | None:
        business = self._state.businesses.get(hook.business)
        url = business.hook_url if business else None
        secret = SECRET if attempt.is_signed_well else "another"
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-letters": digest, "x-try": f"{attempt.number} after {attempt.last_status}"}
        return HookRequest(url, headers, body) if url else None

    def is_taken(self, response: HookAnswer) -> bool:
        return 200 <= response.status_code < 300


class Letters(base.Box[State]):
    """The whole provider: `POST /letters` for the business, a phone for each house."""

    slug, name = "letters", "Letters"
    abilities = base.Abilities(
        kinds=("text", "image"),
        revokes=True,
        switches=(base.Switch(name="has_a_dog", label="Has a dog"),),
        ready_made=(base.ReadyMade(label="A complaint", action={"type": "text", "text": "I complain."}),),
        address=base.AddressField(label="House", placeholder="1-high-street", pattern=r"^[a-z0-9-]+$"),
    )

    def __init__(self, *, retry_seconds: Sequence[float] = (0.01, 0.02), journal: Path | None = None) -> None:
        self.ids = base.Ids(5)
        state = State(base.Settings(), House)
        super().__init__(state, Wire(state), fault_kinds=KINDS, retry_seconds=retry_seconds, journal=journal)
        self.carrier = base.Carrier[House](self.engine, self._report, lambda _fault: {"title": "Lost"})
        self.spoiler = base.Spoiler(self.engine, _refuse)
        self.uploads = base.Uploads(self.state, self.ids, max_bytes=1000_000)
        self.open(self, [Route("/letters", self.post, methods=["POST"])], self.carrier.resume)

    def register(self, hook_url: str | None) -> None:
        self.state.businesses["rill"] = base.Business("rill", "Rill", "14 Harbour Lane", hook_url)

    async def post(self, request: Request) -> base.Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return JSONResponse({"error": "who are you?"}, 401)
        body = base.parse_json(await request.body())
        spoilt = await self.spoiler.before("rill", body["to"])
        if spoilt is not None:
            return spoilt
        if body["to"] not in self.state.phones:
            return JSONResponse({"error": "no such house"}, 404)
        phone = self.state.phone(body["to"])
        now, words = self.state.now(), body["words"]
        letter = PhoneMessage(self.ids.word(12), "business", "rill", "letter", body, now, shown=words)
        entry = self.state.enter(phone, letter, body)
        self.state.journal.accept(phone, letter)
        accepted = base.Accepted(entry, lambda: self.carrier.carry(phone, letter))
        return await self.spoiler.after(accepted, JSONResponse({"id": letter.id}), request)

    def _report(self, phone: House, message: PhoneMessage, status: str) -> None:
        told = {"letter": message.id, "is": status, "error": message.error}
        self.engine.hooks.put(Hook("rill", phone.id, (f"{message.id}:{status}",), told))

    # --- what houses do -------------------------------------------------------------------------------------

    def add(self, given: Any) -> House:
        wanted = base.PhoneCreate.model_validate(given)
        return self.state.keep_phone(House(wanted.id or f"house-{self.ids.number(4)}", wanted.name or "Who"))

    def change(self, phone: House, given: Any) -> None:
        update = HouseUpdate.model_validate(given)
        base.apply_update(phone, update)
        self.carrier.set_online(phone, is_online=phone.is_online)

    def act(self, phone: House, given: Any) -> str:
        action = action_adapter.validate_python(given)
        if isinstance(action, Revoke):
            raise base.Refusal("A letter that is posted is posted.")
        body: dict[str, Any] = {"from": phone.id}
        if isinstance(action, Text):
            body["words"] = action.text
        else:
            body |= {
                "words": action.caption or "",
                "file": self.uploads.find(action.type, action.media_id).id,
            }
        now = self.state.now()
        letter = PhoneMessage(self.ids.word(12), "customer", "rill", "letter", body, now, shown=body["words"])
        self.state.show(phone, letter)
        taken = lambda: self.carrier.taken(phone, letter)  # noqa: E731
        self.engine.hooks.put(Hook("rill", phone.id, (letter.id,), {"id": letter.id, **body}, taken))
        return letter.id

    def read(self, phone: House, message_id: str | None) -> int:
        return self.carrier.read(phone, message_id)

    def upload(self, content: bytes, mime: str, filename: str | None) -> StoredFile:
        return self.uploads.keep(content, mime, filename)


def _refuse(fault: Fault) -> Response:
    return JSONResponse({"error": fault.kind.value}, fault.status or 503)


class Demo:
    """The provider as a demo would run it."""

    def __init__(self, journal: Path) -> None:
        self.simulator = Letters(journal=journal)

    def inboxes(self) -> Sequence[base.DemoInbox]:
        return []

    def register(self, _channel: str, _config: Mapping[str, Any], hook_url: str, _company: str) -> None:
        self.simulator.register(hook_url)

    def add_phones(self) -> None:
        self.simulator.state.keep_phone(House("1-high-street", "Ida Holm"))
