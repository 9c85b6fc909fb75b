"""Messages between numbers and phones: taken, carried, and what came of them told by callback."""

import re
from typing import Any

from frontdesk.simulators.base import Accepted, Carrier, Engine, Fault, Hook, PhoneMessage, StoredFile
from frontdesk.simulators.twilio_sms.errors import TwilioError
from frontdesk.simulators.twilio_sms.state import Business, Phone, State

MAX_TEXT = 1600
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_STOP, _START = frozenset({"STOP", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}), frozenset({"START", "UNSTOP"})


class Network:
    """Carries messages both ways, over the parts of an engine."""

    def __init__(self, state: State, engine: Engine) -> None:
        self.state, self.engine = state, engine
        self.carrier = Carrier[Phone](engine, self._report, _failure)

    def send(self, business: Business, fields: dict[str, str], media: list[str]) -> Accepted:
        """Take a send. Raises TwilioError."""
        number, text = fields.get("To", "").rpartition(":")[2], fields.get("Body", "")
        self._check(business, number, fields, is_empty=not (text or media or "ContentSid" in fields))
        phone = self.state.phones.get(number) or self.state.add_phone(number)
        if phone.is_unsubscribed or phone.is_blocked:
            raise TwilioError(21610)
        message = PhoneMessage(
            self.state.ids.sid("MM" if media else "SM"),
            "business",
            business.id,
            "text",
            {"body": text},
            self.state.now(),
            shown=text,
        )
        message.facts = {"to": fields["To"], "callback": fields.get("StatusCallback")}
        message.facts["files"] = [{"kind": "image", "url": url} for url in media]
        entry = self.state.enter(phone, message, fields, opaque=fields.get("StatusCallback"))
        self.state.journal.accept(phone, message)
        return Accepted(entry, lambda: self.carrier.carry(phone, message))

    def sent(self, business: Business, message_id: str) -> PhoneMessage | None:
        """A message that the account sent."""
        every = (message for phone in self.state.phones.values() for message in phone.messages)
        sent = (
            message for message in every if message.sender == "business" and message.business == business.id
        )
        return next((message for message in sent if message.id == message_id), None)

    def _check(self, business: Business, number: str, fields: dict[str, str], *, is_empty: bool) -> None:
        if not _E164.fullmatch(number):
            raise TwilioError(21211)
        if "MessagingServiceSid" not in fields:
            if not fields.get("From"):
                raise TwilioError(21603)
            if fields["From"] != business.address:
                raise TwilioError(21606)
        if is_empty:
            raise TwilioError(21602)
        if len(fields.get("Body", "")) > MAX_TEXT:
            raise TwilioError(21617)

    def _report(self, phone: Phone, message: PhoneMessage, status: str) -> None:
        """Call the send's callback."""
        url, business = message.facts.get("callback"), self.state.businesses[message.business]
        if not url or (status == "read" and not business.address.startswith("whatsapp:")):
            return
        word = "undelivered" if status == "failed" else status
        fields = {
            "MessageSid": message.id,
            "SmsSid": message.id,
            "MessageStatus": word,
            "SmsStatus": word,
            "AccountSid": business.id,
            "ApiVersion": "2010-04-01",
            "From": business.address,
            "To": str(message.facts["to"]),
        }
        if message.error:
            fields |= {"ErrorCode": str(message.error["code"]), "ErrorMessage": str(message.error["message"])}
        value = {"url": url, "fields": fields}
        self.engine.hooks.put(Hook(business.id, phone.id, (f"{message.id}:{word}",), value))

    def write(self, business: Business, phone: Phone, text: str, files: list[tuple[str, StoredFile]]) -> str:
        """A phone sends an SMS, or with files an MMS; the message's id."""
        sid = self.state.ids.sid("MM" if files else "SM")
        message = PhoneMessage(
            sid, "customer", business.id, "text", {"body": text}, self.state.now(), shown=text
        )
        message.facts["files"] = [{"kind": kind, "id": file.id, "mime": file.mime} for kind, file in files]
        is_whatsapp = business.address.startswith("whatsapp:")
        fields: dict[str, str] = {
            "MessageSid": sid,
            "SmsSid": sid,
            "SmsMessageSid": sid,
            "SmsStatus": "received",
            "AccountSid": business.id,
            "ApiVersion": "2010-04-01",
            "From": f"whatsapp:{phone.id}" if is_whatsapp else phone.id,
            "To": business.address,
            "Body": text,
            "NumMedia": str(len(files)),
            "NumSegments": "1",
        }
        if is_whatsapp:
            fields |= {"ProfileName": phone.name, "WaId": phone.id.removeprefix("+")}
        for n, (_, file) in enumerate(files):
            path = f"2010-04-01/Accounts/{business.id}/Messages/{sid}/Media/{file.id}"
            fields |= {f"MediaUrl{n}": f"{business.media_base}/{path}", f"MediaContentType{n}": file.mime}
        fields |= self._opt_out(phone, text)
        phone.last_business = business.id
        self.state.show(phone, message)
        self.state.show_phone(phone)
        taken = lambda: self.carrier.taken(phone, message)  # noqa: E731
        self.engine.hooks.put(Hook(business.id, phone.id, (sid,), {"fields": fields}, taken))
        return sid

    def _opt_out(self, phone: Phone, text: str) -> dict[str, str]:
        """Twilio itself hears STOP and START."""
        word = text.strip().upper()
        if word in _STOP:
            phone.is_unsubscribed = True
            return {"OptOutType": "STOP"}
        if word in _START:
            phone.is_unsubscribed = False
            return {"OptOutType": "START"}
        return {}


def _failure(fault: Fault) -> dict[str, Any]:
    return TwilioError(30007 if fault.code is None else fault.code).body
