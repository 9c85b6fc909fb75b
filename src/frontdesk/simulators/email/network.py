"""Mails between a company and people: taken, carried, and what came of them told by event or by report.

It speaks no HTTP, SMTP or IMAP: `sendgrid`, `smtp`, `imap` and `conduct` are its doors, `hooks` its way back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Fault, Hook, PhoneMessage, StoredFile, keep
from frontdesk.simulators.email import reading, writing
from frontdesk.simulators.email.state import Business, Phone, State

NO_MAILBOX: dict[str, Any] = {
    "code": 550,
    "status": "5.1.1",
    "message": "The email account that you tried to reach does not exist",
}
_BLOCKED: dict[str, Any] = {
    "code": 550,
    "status": "5.7.1",
    "message": "The recipient does not take mails of this sender",
}
_FULL: dict[str, Any] = {"code": 552, "status": "5.2.2", "message": "The mailbox is full"}
_EVENTS = {"sent": "processed", "delivered": "delivered", "read": "open", "failed": "bounce"}


class Network:
    """Carries mails both ways, over the parts of an engine."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.carrier = Carrier[Phone](engine, self._report, _failure)

    # --- from a company to people -------------------------------------------------------------------------

    def take(
        self,
        business: Business,
        recipients: Sequence[str],
        raw: bytes,
        facts: Mapping[str, Any],
        send_id: str | None = None,
    ) -> Accepted:
        """Take a mail for all its recipients; `carry` brings it to them.

        Args:
            business: Who sends.
            recipients: The addresses it goes to, at least one.
            raw: The mail.
            facts: What events repeat of the send, under `told`; empty for SMTP, whose bounces are mails.
            send_id: The id that the sender is given.
        """
        mail = reading.read(raw)
        first = send_id or self.state.ids.word(24)
        files = self._files(mail)
        pairs = [
            (self._reader(address), self._message(business, mail, f"{first}.{n}" if n else first, files))
            for n, address in enumerate(recipients)
        ]
        for phone, message in pairs:
            message.facts |= {"head": mail.head, "to": phone.id, **facts}
            if phone.id in self.state.phones:
                self.state.journal.accept(phone, message)
        opaque = mail.body["message_id"]
        digest = {"mail": hashlib.sha256(raw).hexdigest(), "to": list(recipients)}
        entry = self.state.enter(*pairs[0], digest, opaque=opaque)

        def carry() -> None:
            for phone, message in pairs:
                self._carry(phone, message, raw)

        return Accepted(entry, carry)

    def _carry(self, phone: Phone, message: PhoneMessage, raw: bytes) -> None:
        other = self.state.business_at(phone.id)
        if other is not None:
            self._report(phone, message, "delivered")
            self._arrive_at(other, message.business, phone.id, raw, message.id)
        else:
            self.carrier.carry(phone, message, self.refusal(phone))

    def refusal(self, phone: Phone) -> dict[str, Any] | None:
        """Why a person's mailbox does not take a mail; None when it does."""
        if phone.id not in self.state.phones:
            return NO_MAILBOX
        if phone.is_blocked:
            return _BLOCKED
        return _FULL if phone.is_full else None

    def _reader(self, address: str) -> Phone:
        """The person at an address; one who is not kept when there is none."""
        address = address.strip().lower()
        return self.state.phones.get(address) or Phone(address, address)

    def _message(
        self, business: Business, mail: reading.Mail, message_id: str, files: dict[str, Any]
    ) -> PhoneMessage:
        now, words = self.state.now(), str(mail.body["text"])
        message = PhoneMessage(message_id, "business", business.id, "mail", mail.body, now, shown=words)
        message.facts = dict(files)
        return message

    def _files(self, mail: reading.Mail) -> dict[str, Any]:
        """Keep what a mail holds, for the page that shows it."""
        told = []
        for file in mail.files:
            stored = keep(self.state, self.state.ids.word(), file.content, file.mime, file.filename)
            told.append(_shown(stored))
        facts: dict[str, Any] = {"files": told}
        if mail.html:
            html = mail.html.replace("<head>", '<head><base target="_blank">', 1)
            page = keep(self.state, self.state.ids.word(), html.encode(), "text/html; charset=utf-8")
            facts["html"] = page.id
        return facts

    def _report(self, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Tell by an event, or after SMTP a failure by a report; an absent reader answers."""
        business = self.state.businesses[message.business]
        if "told" in message.facts:
            self._tell(business, phone, message, _EVENTS[status])
        elif status == "failed":
            self._return(business, phone, message)
        if status == "delivered" and phone.is_away and not message.body["is_automatic"]:
            self._excuse(business, phone, message)

    def _tell(self, business: Business, phone: Phone, message: PhoneMessage, word: str) -> None:
        event: dict[str, Any] = {
            "email": phone.id,
            "timestamp": int(self.state.now().timestamp()),
            "smtp-id": f"<{message.body['message_id']}>",
            **message.facts["told"],
            "event": word,
            "sg_event_id": self.state.ids.word(22),
            "sg_message_id": f"{message.id.partition('.')[0]}.recvd-1-0",
        }
        if word == "delivered":
            event["response"] = "250 OK"
        if word == "open":
            event |= {"useragent": "Mozilla/5.0", "ip": "192.0.2.7"}
        if message.error is not None:
            said = f"{message.error['code']} {message.error['status']} {message.error['message']}"
            event |= {"status": message.error["status"], "reason": said, "type": "bounce"}
        value = {"kind": "events", "events": [event]}
        self.engine.hooks.put(Hook(business.id, phone.id, (f"{message.id}:{word}",), value))

    def _return(self, business: Business, phone: Phone, message: PhoneMessage) -> None:
        error = message.error or NO_MAILBOX
        said = f"{error['code']} {error['status']} {error['message']}"
        bounce = writing.Bounce(business.id, phone.id, error["status"], said, message.facts["head"])
        host = phone.id.rpartition("@")[2]
        raw = writing.bounced(bounce, f"{self.state.ids.word(24)}@{host}", self.state.now())
        self._arrive_at(business, "", phone.id, raw, f"{message.id}:failed")

    def _excuse(self, business: Business, phone: Phone, message: PhoneMessage) -> None:
        words = f"I am away and will read your mail when I am back.\n\n{phone.name}"
        self.write(business, phone, words, answers=message, is_automatic=True)

    # --- from a person to a company -----------------------------------------------------------------------

    def write(
        self,
        business: Business,
        phone: Phone,
        text: str,
        *,
        subject: str | None = None,
        answers: PhoneMessage | None = None,
        files: Sequence[StoredFile] = (),
        is_automatic: bool = False,
    ) -> str:
        """A person writes a mail; the id it has on their device."""
        answered = answers.body if answers is not None else None
        title = subject or (writing.answer_subject(answered["subject"]) if answered else "")
        letter = writing.Letter(
            f"{self.state.ids.word(24)}@{phone.id.rpartition('@')[2]}",
            phone.id,
            phone.name,
            answered["reply_to"] if answered and answers.sender == "business" else business.id,  # type: ignore[union-attr]
            title,
            text,
            self.state.now(),
            answered,
            answers.at if answers is not None else None,
            files,
            is_automatic,
        )
        raw = writing.written(letter)
        message = self._own(business, letter, raw)
        message.reply_to = answers.id if answers is not None else None
        phone.last_business = business.id
        self.state.show(phone, message)
        self.state.show_phone(phone)
        self._arrive_at(business, phone.id, letter.to, raw, message.id, (phone, message))
        return message.id

    def _own(self, business: Business, letter: writing.Letter, raw: bytes) -> PhoneMessage:
        body = reading.read(raw).body
        number = self.state.ids.word(24)
        message = PhoneMessage(number, "customer", business.id, "mail", body, letter.at, shown=letter.text)
        message.facts = {"files": [_shown(file) for file in letter.files]}
        return message

    def _arrive_at(  # noqa: PLR0917 - an envelope and what is in it
        self,
        business: Business,
        sender: str,
        recipient: str,
        raw: bytes,
        about: str,
        shown: tuple[Phone, PhoneMessage] | None = None,
    ) -> None:
        """Put a mail into a company's mailbox, and post it by Inbound Parse where that is set up."""
        business.mailbox.put(raw)
        stored = keep(self.state, self.state.ids.word(), raw, "message/rfc822", "mail.eml")
        value = {"kind": "mail", "file": stored.id, "from": sender, "to": recipient}
        taken = (lambda: self.carrier.taken(*shown)) if shown else None
        lane = shown[0].id if shown else recipient
        self.engine.hooks.put(Hook(business.id, lane, (about,), value, taken))


def _shown(file: StoredFile) -> dict[str, Any]:
    family = file.mime.partition("/")[0]
    kind = family if family in ("image", "audio", "video") else "document"
    return {"kind": kind, "id": file.id, "filename": file.filename, "mime": file.mime}


def _failure(fault: Fault) -> dict[str, Any]:
    code = fault.code or 550
    return {"code": code, "status": f"{code // 100}.0.0", "message": "A fault was set"}
