"""The workspace between the app and people: takes messages, shows them, tells the app what happened.

It speaks no HTTP: the Web API's methods and `conduct` are its doors, `hooks` its way back. A message of a
channel is on the phone of everybody in it: its writer's as their own, the others' with the writer's name.
"""

import functools
from collections.abc import Iterable
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Hook, PhoneMessage
from frontdesk.simulators.slack import payloads
from frontdesk.simulators.slack.emoji import sign_of
from frontdesk.simulators.slack.errors import SlackError
from frontdesk.simulators.slack.markup import readable
from frontdesk.simulators.slack.state import Business, Phone, State

Object = dict[str, Any]


class Network:
    """Carries messages both ways, over the parts of an engine. No app is told what arrived or was read."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.carrier = Carrier[Phone](engine, self._report, lambda _fault: {"code": 0})

    # --- places -------------------------------------------------------------------------------------------

    def place(self, wanted: Any) -> str:
        """The id of the channel or direct message meant, when the app may write there. Raises SlackError."""
        given = str(wanted or "")
        known = self.state.channels.get(given) or next(
            (each for each in self.state.channels.values() if given.removeprefix("#") == each.name), None
        )
        if known is not None:
            if known.is_archived:
                raise SlackError("is_archived")
            if not known.is_member:
                raise SlackError("not_in_channel")
            return known.id
        phone = self.state.phones.get(given) or self.state.in_direct(given)
        if phone is None:
            raise SlackError("channel_not_found")
        return phone.direct

    def root(self, channel: str, ts: Any) -> PhoneMessage | None:
        """The first message of the thread that holds this one."""
        found = next(self.state.copies(channel, str(ts)), None) if ts else None
        if found is None:
            return None
        above = found[1].body.get("thread_ts")
        return next(self.state.copies(channel, above), found)[1] if above else found[1]

    def nearest(self, wanted: Any, thread: Any) -> str:
        """Whose phone a send is about, for the faults; empty when it is nobody's."""
        try:
            return self._reader(self.place(wanted), str(thread or "")).id
        except SlackError:
            return ""

    def _reader(self, channel: str, thread: str) -> Phone:
        """Who is written to: in a direct message the person, in a thread who began it, else the first."""
        direct = self.state.in_direct(channel)
        if direct is not None:
            return direct
        for phone, message in self.state.copies(channel, thread):
            if message.sender == "customer":
                return phone
        return next(iter(self.state.members(channel)), None) or self.state.add_phone()

    # --- from the app to people ---------------------------------------------------------------------------

    def post(
        self, app: Business, channel: str, fields: Object, thread: Any = None, username: Any = None
    ) -> tuple[Accepted, Object]:
        """Take a checked message; `carry` brings it to the phones. Raises SlackError."""
        root = self.root(channel, thread)
        if thread and root is None:
            raise SlackError("thread_not_found")
        ts = self.state.next_ts()
        body = payloads.by_app(app, ts, str(fields.get("text") or "")) | fields
        if root is not None:
            body["thread_ts"] = root.id
        phone = self._reader(channel, root.id if root else "")
        message = PhoneMessage(ts, "business", app.id, "text", body, self.state.now())
        message.shown, message.reply_to = readable(body["text"]), root.id if root else None
        message.facts = {"channel": channel}
        if username or not channel.startswith("D"):
            message.facts["head"] = str(username or app.name)
        metadata = body.get("metadata")
        opaque = metadata and str((metadata.get("event_payload") or {}).get("delivery_id") or "")
        entry = self.state.enter(phone, message, fields | {"channel": channel}, opaque=opaque or None)
        self.state.journal.accept(phone, message)
        return Accepted(entry, lambda: self.carrier.carry(phone, message)), body

    def _report(self, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Once sent it is on the others' phones too, and the app hears of it as everybody's apps do."""
        app = self.state.businesses.get(message.business)
        if status != "sent" or app is None:
            return
        self._copy(phone, message, str(message.facts.get("head", "")))
        if self.state.settings.tells_own_messages:
            event = payloads.message_event(str(message.facts["channel"]), message.body)
            self.tell(app, phone, message.id, event)

    def _copy(self, writer: Phone, message: PhoneMessage, head: str) -> None:
        channel = str(message.facts["channel"])
        if channel.startswith("D"):
            return
        for phone in self.state.members(channel):
            if phone is not writer:
                copy = PhoneMessage(
                    message.id, "business", message.business, message.type, dict(message.body), message.at
                )
                copy.status, copy.shown, copy.reply_to = "read", message.shown, message.reply_to
                copy.facts = {"channel": channel, "head": head}
                self.state.show(phone, copy)

    # --- from people to the app ---------------------------------------------------------------------------

    def write(  # noqa: PLR0917 - a message's parts
        self,
        app: Business,
        phone: Phone,
        channel: str,
        text: str,
        files: Iterable[Object] = (),
        thread: str | None = None,
    ) -> str:
        """Somebody writes; the message's id."""
        ts, root, given = self.state.next_ts(), self.root(channel, thread), list(files)
        body = payloads.by_person(app, phone, ts, text)
        if root is not None:
            body["thread_ts"] = root.id
        if given:
            body |= {"subtype": "file_share", "files": given}
        message = PhoneMessage(ts, "customer", app.id, "text", body, self.state.now(), shown=readable(text))
        message.facts, message.reply_to = {"channel": channel}, root.id if root else None
        phone.last_business = app.id
        self.state.show(phone, message)
        self._copy(phone, message, phone.name)
        self.tell(app, phone, ts, payloads.message_event(channel, body), shown=message)
        return ts

    def change(self, app: Business, channel: str, before: PhoneMessage, fields: Object, who: str) -> None:
        """A message has other words; everybody sees them."""
        was, ts = before.body, self.state.next_ts()
        body = was | fields | {"edited": {"user": who, "ts": ts}}
        for phone, copy in list(self.state.copies(channel, before.id)):
            copy.body, copy.shown, copy.edited = dict(body), readable(body["text"]), True
            self.state.show(phone, copy)
        self.tell_of(app, channel, before, payloads.changed_event(channel, body, was, ts))

    def delete(self, app: Business, channel: str, target: PhoneMessage) -> None:
        """A message is gone from everybody's sight."""
        for phone, copy in list(self.state.copies(channel, target.id)):
            copy.deleted = True
            self.state.show(phone, copy)
        event = payloads.deleted_event(channel, target.body, self.state.next_ts())
        self.tell_of(app, channel, target, event)

    def react(
        self, app: Business, channel: str, target: PhoneMessage, who: str, name: str, *, is_added: bool
    ) -> None:
        """Somebody puts an emoji on a message, or takes it off. Raises SlackError."""
        before = list(target.body.get("reactions") or [])
        mine = next((each for each in before if each["name"] == name and who in each["users"]), None)
        if (mine is not None) is is_added:
            raise SlackError("already_reacted" if is_added else "no_reaction")
        reactions = _reacted(before, name, who, is_added=is_added)
        for phone, copy in list(self.state.copies(channel, target.id)):
            copy.body = copy.body | {"reactions": reactions}
            copy.reactions = _shown(reactions, phone.id, app.bot_user)
            self.state.show(phone, copy)
        kind = "reaction_added" if is_added else "reaction_removed"
        event = payloads.reaction_event(kind, who, name, channel, target.body, self.state.next_ts())
        self.tell_of(app, channel, target, event)

    def tell_of(self, app: Business, channel: str, target: PhoneMessage, event: Object) -> None:
        """Tell what became of a message, after what was told of its thread before."""
        phone = self._reader(channel, str(target.body.get("thread_ts") or target.id))
        self.tell(app, phone, target.id, event)

    def tell(
        self, app: Business, phone: Phone, about: str, event: Object, *, shown: PhoneMessage | None = None
    ) -> None:
        """Tell the app an event."""
        value = {"event": event, "event_id": self.state.ids.slack("Ev")}
        taken = functools.partial(self.carrier.taken, phone, shown) if shown else None
        self.engine.hooks.put(Hook(app.id, phone.id, (about,), value, taken))

    def ask(self, app: Business, phone: Phone, about: str, value: Object) -> None:
        """Tell the app an interaction (`payload`) or a command (`command`)."""
        self.engine.hooks.put(Hook(app.id, phone.id, (about,), value))


def _reacted(before: list[Object], name: str, who: str, *, is_added: bool) -> list[Object]:
    """The reactions on a message with one more, or one less."""
    users = {each["name"]: list(each["users"]) for each in before}
    if is_added:
        users.setdefault(name, []).append(who)
    else:
        users[name].remove(who)
    return [{"name": each, "users": whom, "count": len(whom)} for each, whom in users.items() if whom]


def _shown(reactions: list[Object], own: str, bot: str) -> dict[str, str]:
    """The signs on a message by who put them there."""
    found: dict[str, str] = {}
    for each in reactions:
        for who in each["users"]:
            key = {own: "customer", bot: "business"}.get(who, who)
            found[key] = found.get(key, "") + (sign_of(each["name"]) or f":{each['name']}:")
    return found
