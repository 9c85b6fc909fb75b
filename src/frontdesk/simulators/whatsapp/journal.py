"""What the simulator writes down so that a killed demo goes on where it was: lines in one file, and media.

Each line is written at once and whole, so it outlives the process (not the machine). It is read at the next
start and then written anew with what is still true. Without a journal everything is memory only.
"""

import dataclasses
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import override

from frontdesk.simulators.whatsapp.hooks import HookRecorder
from frontdesk.simulators.whatsapp.payloads import Change
from frontdesk.simulators.whatsapp.state import Phone, PhoneMessage, Recorder, State, StoredMedia

_messages: TypeAdapter[PhoneMessage] = TypeAdapter(PhoneMessage)
_CHANGE_FIELDS = ("phone_number_id", "waba_id", "wa_id", "ids", "value", "field")
_PHONE_FIELDS = ("wa_id", "name", "user_id", "is_online", "reads_at_once", "hides_number", "is_blocked")


class Journal(Recorder, HookRecorder):
    """The file, and what it said at the start."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._path = folder, folder / "journal.jsonl"
        self._number = 0
        self.accepted: dict[str, tuple[str, PhoneMessage]] = {}
        """Sends that were answered and not yet carried: (phone, message) by id."""
        self.hooks: dict[int, Change] = {}
        """Hooks that nobody took yet."""

    def load(self, state: State) -> None:
        """Put phones, messages and files back, then begin to write down what changes."""
        for line in self._lines():
            self._apply(state, line)
        fresh = self._path.with_suffix(".new")
        self._file = fresh.open("ab", buffering=0)
        for phone in state.phones.values():
            self.phone(phone)
            for message in phone.messages:
                self.message(phone, message)
        for media in state.media.values():
            self._media_line(media)
        for wa_id, message in self.accepted.values():
            self._write("accepted", wa_id=wa_id, message=_dump(message))
        for change in self.hooks.values():
            self._hook_line(change)
        fresh.replace(self._path)
        self._number = max(self.hooks, default=0)
        state.journal = self

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    @override
    def phone(self, phone: Phone) -> None:
        """A phone is new or changed."""
        facts = {name: getattr(phone, name) for name in _PHONE_FIELDS}
        written = {number: at.isoformat() for number, at in phone.last_written.items()}
        self._write("phone", **facts, last_written=written, last_business=phone.last_business)

    @override
    def gone(self, wa_id: str, new_wa_id: str) -> None:
        """A phone has another number now."""
        self._write("gone", wa_id=wa_id, new_wa_id=new_wa_id)

    @override
    def message(self, phone: Phone, message: PhoneMessage) -> None:
        """A message is shown or changed."""
        self._write("message", wa_id=phone.wa_id, message=_dump(message))

    @override
    def accept(self, phone: Phone, message: PhoneMessage) -> None:
        """A send was taken; `message` or `carried` follows."""
        self._write("accepted", wa_id=phone.wa_id, message=_dump(message))

    @override
    def carried(self, message: PhoneMessage) -> None:
        """A send that no phone shows is done with."""
        self._write("carried", id=message.id)

    @override
    def hook(self, change: Change) -> int:
        """A hook is to be delivered; the number says which one was taken later."""
        self._number += 1
        self._hook_line(dataclasses.replace(change, number=self._number))
        if change.number:
            self.taken(change.number)
        return self._number

    @override
    def taken(self, number: int) -> None:
        """A hook was taken, or given up."""
        self._write("taken", number=number)

    @override
    def media(self, media: StoredMedia) -> None:
        """A file is kept."""
        (self._folder / media.id).write_bytes(media.content)
        self._media_line(media)

    def _hook_line(self, change: Change) -> None:
        facts = {name: getattr(change, name) for name in _CHANGE_FIELDS}
        self._write("hook", number=change.number, change=facts)

    def _media_line(self, media: StoredMedia) -> None:
        facts = dataclasses.asdict(media)
        del facts["content"]
        self._write("media", **facts)

    def _write(self, kind: str, **facts: Any) -> None:
        line = json.dumps({"kind": kind, **facts}, separators=(",", ":"))
        if self._file.closed:
            self._file = self._path.open("ab", buffering=0)
        self._file.write(line.encode() + b"\n")

    def _lines(self) -> Iterator[dict[str, Any]]:
        """What was written; a last line that was cut in the middle is left out."""
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)

    def _apply(self, state: State, line: dict[str, Any]) -> None:
        match str(line.pop("kind")):
            case "phone":
                self._apply_phone(state, line)
            case "gone":
                phone = state.phones.pop(line["wa_id"])
                phone.wa_id = line["new_wa_id"]
                state.phones[phone.wa_id] = phone
            case "message":
                self._apply_message(state, line)
            case "accepted":
                message = _messages.validate_python(line["message"])
                self.accepted[message.id] = (line["wa_id"], message)
            case "carried":
                self.accepted.pop(line["id"], None)
            case "hook":
                change, number = line["change"], line["number"]
                self.hooks[number] = Change(**change | {"ids": tuple(change["ids"]), "number": number})
            case "taken":
                self.hooks.pop(line["number"], None)
            case "media":
                path = self._folder / line["id"]
                if path.exists():
                    state.add_media(StoredMedia(content=path.read_bytes(), **line))
            case _:
                pass  # a line of a later version

    def _apply_phone(self, state: State, line: dict[str, Any]) -> None:
        written = line.pop("last_written")
        phone = state.phones.setdefault(line["wa_id"], Phone(line["wa_id"], line["name"], line["user_id"]))
        for name, value in line.items():
            setattr(phone, name, value)
        phone.last_written = {number: datetime.fromisoformat(at) for number, at in written.items()}

    def _apply_message(self, state: State, line: dict[str, Any]) -> None:
        message = _messages.validate_python(line["message"])
        self.accepted.pop(message.id, None)
        phone = state.phones[line["wa_id"]]
        for position, known in enumerate(phone.messages):
            if known.id == message.id:
                phone.messages[position] = message
                return
        phone.messages.append(message)


def _dump(message: PhoneMessage) -> Any:
    return _messages.dump_python(message, mode="json")
