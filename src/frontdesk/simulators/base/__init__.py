"""What the simulators of all providers share; none is named here. See docs/adding-a-simulator.md.

A provider's simulator is a `Box` composed of these parts, wired by an `Engine`:

- `State`, `Phone`, `Business`, `PhoneMessage`: what is remembered; a provider subclasses them.
  `Look`: how a message looks, the same for all.
- `HookSender` with the provider's `HookWire`: hooks in order, tried again, doubled, reordered, ill signed.
- `Faults` and `Spoiler`: trouble on demand, for hooks and for sends.
- `Carrier`: a message's way to a phone, and its statuses.
- `Play` with the provider's `Conduct`: the play API under /play, its live line, the ledger.
- `Journal`: what outlives a killed process.
- `Simulator`, `Abilities`, `serve`, `routes`: what it is to those who run it and to the page of the phones.
- `DemoPart`, `DemoInbox`: what it gives to the demo.
"""

from frontdesk.simulators.base import actions, hub
from frontdesk.simulators.base.abilities import Abilities, AddressField, ReadyMade, Switch
from frontdesk.simulators.base.box import Box
from frontdesk.simulators.base.carrying import Carrier
from frontdesk.simulators.base.conduct import Conduct, PhoneCreate, PhoneUpdate, apply_update
from frontdesk.simulators.base.demo import DemoInbox, DemoPart
from frontdesk.simulators.base.engine import Engine
from frontdesk.simulators.base.errors import Refusal, Unknown
from frontdesk.simulators.base.faults import ALL_KINDS, Fault, FaultKind, Faults
from frontdesk.simulators.base.files import Uploads, keep
from frontdesk.simulators.base.hooks import RETRY_SECONDS, Attempt, Hook, HookRequest, HookSender, HookWire
from frontdesk.simulators.base.ids import Ids
from frontdesk.simulators.base.live import Live
from frontdesk.simulators.base.looks import Look, LookCard, LookChoice, LookFile, LookLink, LookPlace
from frontdesk.simulators.base.phones import Business, Phone, PhoneMessage, StoredFile
from frontdesk.simulators.base.play import Play
from frontdesk.simulators.base.reading import parse_json
from frontdesk.simulators.base.samples import sample
from frontdesk.simulators.base.serving import Simulator, routes, serve
from frontdesk.simulators.base.spoiling import Accepted, Answer, Spoiler
from frontdesk.simulators.base.state import Settings, State
from frontdesk.simulators.base.wire import Cut

__all__ = [
    "ALL_KINDS",
    "RETRY_SECONDS",
    "Abilities",
    "Accepted",
    "AddressField",
    "Answer",
    "Attempt",
    "Box",
    "Business",
    "Carrier",
    "Conduct",
    "Cut",
    "DemoInbox",
    "DemoPart",
    "Engine",
    "Fault",
    "FaultKind",
    "Faults",
    "Hook",
    "HookRequest",
    "HookSender",
    "HookWire",
    "Ids",
    "Live",
    "Look",
    "LookCard",
    "LookChoice",
    "LookFile",
    "LookLink",
    "LookPlace",
    "Phone",
    "PhoneCreate",
    "PhoneMessage",
    "PhoneUpdate",
    "Play",
    "ReadyMade",
    "Refusal",
    "Settings",
    "Simulator",
    "Spoiler",
    "State",
    "StoredFile",
    "Switch",
    "Unknown",
    "Uploads",
    "actions",
    "apply_update",
    "hub",
    "keep",
    "parse_json",
    "routes",
    "sample",
    "serve",
]
