"""What a simulator writes down so that a killed demo goes on where it was: lines in one file, and files.

Each line is written at once and whole, so it outlives the process (not the machine). It is read at the next
start and then written anew with what is still true. Without a journal everything is memory only.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from typing_extensions import override

from frontdesk.simulators.base.hooks import Hook, HookRecorder
from frontdesk.simulators.base.phones import MEMORY_ONLY, Phone, PhoneMessage, StoredFile
from frontdesk.simulators.base.state import AnyState, Recorder

_VERSION = 2
_HOOK_FIELDS = ("business", "phone", "ids", "value")
_messages: TypeAdapter[PhoneMessage] = TypeAdapter(PhoneMessage)


class Journal(Recorder, HookRecorder):
    """The file, and what it said at the start. A file of an earlier version is put aside and not read."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._path = folder, folder / "journal.jsonl"
        self._number = 0
        self.accepted: dict[str, tuple[str, PhoneMessage]] = {}
        """Sends that were answered and not yet carried: (phone, message) by id."""
        self.hooks: dict[int, Hook] = {}
        """Hooks that nobody took yet."""

    def load(self, state: AnyState) -> None:
        """Put phones, messages and files back, then begin to write down what changes."""
        self._phones: TypeAdapter[Phone] = TypeAdapter(state.phone_type)
        for line in self._lines():
            self._apply(state, line)
        fresh = self._path.with_suffix(".new")
        self._file = fresh.open("wb", buffering=0)
        self._write("journal", version=_VERSION)
        for phone in state.phones.values():
            self.phone(phone)
            for message in phone.messages:
                self.message(phone, message)
        for file in state.files.values():
            self._file_line(file)
        for phone_id, message in self.accepted.values():
            self._write("accepted", phone=phone_id, message=_dump(message))
        for hook in self.hooks.values():
            self._hook_line(hook)
        fresh.replace(self._path)
        self._number = max(self.hooks, default=0)
        state.journal = self

    def close(self) -> None:
        """Write nothing more."""
        self._file.close()

    @override
    def phone(self, phone: Phone) -> None:
        self._write("phone", phone=self._phones.dump_python(phone, mode="json", exclude=set(MEMORY_ONLY)))

    @override
    def gone(self, phone_id: str, new_id: str) -> None:
        self._write("gone", phone=phone_id, new=new_id)

    @override
    def message(self, phone: Phone, message: PhoneMessage) -> None:
        self._write("message", phone=phone.id, message=_dump(message))

    @override
    def accept(self, phone: Phone, message: PhoneMessage) -> None:
        self._write("accepted", phone=phone.id, message=_dump(message))

    @override
    def carried(self, message: PhoneMessage) -> None:
        self._write("carried", id=message.id)

    @override
    def hook(self, hook: Hook) -> int:
        self._number += 1
        self._hook_line(dataclasses.replace(hook, number=self._number))
        if hook.number:
            self.taken(hook.number)
        return self._number

    @override
    def taken(self, number: int) -> None:
        self._write("taken", number=number)

    @override
    def file(self, file: StoredFile) -> None:
        (self._folder / file.id).write_bytes(file.content)
        self._file_line(file)

    def _hook_line(self, hook: Hook) -> None:
        facts = {name: getattr(hook, name) for name in _HOOK_FIELDS}
        self._write("hook", number=hook.number, hook=facts)

    def _file_line(self, file: StoredFile) -> None:
        facts = dataclasses.asdict(file)
        del facts["content"]
        self._write("file", **facts)

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
            if not file.readline().startswith(b'{"kind":"journal","version":%d}' % _VERSION):
                self._path.replace(self._path.with_suffix(".old"))
                return
            for line in file:
                if line.endswith(b"\n"):
                    yield json.loads(line)

    def _apply(self, state: AnyState, line: dict[str, Any]) -> None:
        match str(line.pop("kind")):
            case "phone":
                self._apply_phone(state, line["phone"])
            case "gone":
                phone = state.phones.pop(line["phone"])
                phone.id = line["new"]
                state.phones[phone.id] = phone
            case "message":
                self._apply_message(state, line)
            case "accepted":
                message = _messages.validate_python(line["message"])
                self.accepted[message.id] = (line["phone"], message)
            case "carried":
                self.accepted.pop(line["id"], None)
            case "hook":
                facts, number = line["hook"], line["number"]
                self.hooks[number] = Hook(**facts | {"ids": tuple(facts["ids"]), "number": number})
            case "taken":
                self.hooks.pop(line["number"], None)
            case "file":
                path = self._folder / line["id"]
                if path.exists():
                    state.keep_file(StoredFile(content=path.read_bytes(), **line))
            case _:
                pass  # a line of a later version

    def _apply_phone(self, state: AnyState, facts: dict[str, Any]) -> None:
        phone = self._phones.validate_python(facts)
        known = state.phones.get(phone.id)
        if known is not None:
            phone.messages = known.messages
        state.phones[phone.id] = phone

    def _apply_message(self, state: AnyState, line: dict[str, Any]) -> None:
        message = _messages.validate_python(line["message"])
        self.accepted.pop(message.id, None)
        phone = state.phones[line["phone"]]
        for position, known in enumerate(phone.messages):
            if known.id == message.id:
                phone.messages[position] = message
                return
        phone.messages.append(message)


def _dump(message: PhoneMessage) -> Any:
    return _messages.dump_python(message, mode="json")
