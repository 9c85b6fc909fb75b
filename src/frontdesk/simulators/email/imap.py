"""A company's mailbox by IMAP: the part of IMAP4rev1 that reads mails, finds them, and marks them.

One folder, INBOX. Source: RFC 3501; section numbers stand at the commands.
"""

import hmac
import re
from collections.abc import Awaitable, Callable

from frontdesk.simulators.email import fetching
from frontdesk.simulators.email.lines import Gone, Line
from frontdesk.simulators.email.mailbox import Mailbox
from frontdesk.simulators.email.network import Network
from frontdesk.simulators.email.state import Business

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\([^()]*\))|(\S*\[[^\]]*\]\S*)|(\S+)')
_FLAGS = r"(\Seen \Answered \Flagged \Deleted \Draft)"


class Refused(Exception):
    """The command is answered by NO or BAD."""


class ImapSession:
    """One connection from greeting to goodbye.

    Args:
        network: Knows the mailboxes.
        line: The connection, encrypted from its first byte.
    """

    def __init__(self, network: Network, line: Line) -> None:
        self._network, self._line = network, line
        self._business: Business | None = None
        self._uids: list[int] | None = None
        """The mails of the selected folder, by their numbers; None: none is selected."""
        self._is_read_only = True
        self._commands: dict[str, Callable[[list[str]], Awaitable[str]]] = {
            "CAPABILITY": self._capability, "NOOP": self._noop, "LOGIN": self._login, "LOGOUT": self._logout,
            "LIST": self._list, "STATUS": self._status, "SELECT": self._select, "EXAMINE": self._examine,
            "CLOSE": self._close, "FETCH": self._fetch, "SEARCH": self._search, "STORE": self._store,
            "UID": self._by_uid,
        }  # fmt: skip

    async def run(self) -> None:
        """Answer until one side hangs up."""
        try:
            await self._line.say("* OK IMAP4rev1 ready")
            while True:
                text = (await self._line.read()).decode("utf-8", "replace").strip()
                tag, _, rest = text.partition(" ")
                words = [next(filter(None, each), "") for each in _WORD.findall(rest)]
                await self._line.say(f"{tag or '*'} {await self._answer(words)}")
        except Gone:
            self._line.close()

    async def _answer(self, words: list[str]) -> str:
        name = words[0].upper() if words else ""
        command = self._commands.get(name)
        if command is None:
            return "BAD unknown command"
        if self._business is None and name not in ("CAPABILITY", "NOOP", "LOGIN", "LOGOUT"):
            return "NO sign in first"
        try:
            return await command(words[1:])
        except (Refused, ValueError, IndexError) as error:
            return f"BAD {error}"

    # --- 6.1, 6.2: before a folder is chosen ----------------------------------------------------------------

    async def _capability(self, _words: list[str]) -> str:
        await self._line.say("* CAPABILITY IMAP4rev1")
        return "OK done"

    async def _noop(self, _words: list[str]) -> str:
        if self._uids is not None and self._look_again():
            await self._line.say(f"* {len(self._uids)} EXISTS")
        return "OK done"

    async def _logout(self, _words: list[str]) -> str:
        await self._line.say("* BYE see you")
        return "OK done"

    async def _login(self, words: list[str]) -> str:
        name, password = words[0], words[1].replace('\\"', '"').replace("\\\\", "\\")
        business = self._network.state.business_at(name)
        known = business.password if business is not None else ""
        if business is None or not known or not hmac.compare_digest(password.encode(), known.encode()):
            return "NO [AUTHENTICATIONFAILED] Invalid credentials"
        self._business = business
        return "OK signed in"

    # --- 6.3: folders ---------------------------------------------------------------------------------------

    async def _list(self, _words: list[str]) -> str:
        await self._line.say(r'* LIST (\HasNoChildren) "/" INBOX')
        return "OK done"

    async def _status(self, words: list[str]) -> str:
        mailbox = self._mailbox(words[0])
        unseen = sum(r"\Seen" not in kept.flags for kept in mailbox.mails.values())
        await self._line.say(
            f"* STATUS INBOX (MESSAGES {len(mailbox.mails)} UIDNEXT {mailbox.next_uid} "
            f"UIDVALIDITY {mailbox.validity} UNSEEN {unseen})"
        )
        return "OK done"

    async def _select(self, words: list[str]) -> str:
        return await self._open(words, is_read_only=False)

    async def _examine(self, words: list[str]) -> str:
        return await self._open(words, is_read_only=True)

    async def _open(self, words: list[str], *, is_read_only: bool) -> str:
        self._uids = None
        try:
            mailbox = self._mailbox(words[0])
        except Refused as error:
            return f"NO {error}"
        self._uids, self._is_read_only = list(mailbox.mails), is_read_only
        await self._line.say(
            f"* FLAGS {_FLAGS}",
            f"* {len(mailbox.mails)} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDVALIDITY {mailbox.validity}] UIDs valid",
            f"* OK [UIDNEXT {mailbox.next_uid}] Predicted next UID",
            f"* OK [PERMANENTFLAGS {'()' if is_read_only else _FLAGS}] Limited",
        )
        return f"OK [{'READ-ONLY' if is_read_only else 'READ-WRITE'}] done"

    async def _close(self, _words: list[str]) -> str:
        self._uids = None
        return "OK done"

    def _mailbox(self, name: str) -> Mailbox:
        if self._business is None or name.upper() != "INBOX":
            msg = "[NONEXISTENT] there is no such folder"
            raise Refused(msg)
        return self._business.mailbox

    def _look_again(self) -> bool:
        """Take in what came since; whether anything did."""
        before, self._uids = self._uids, list(self._mailbox("INBOX").mails)
        return before != self._uids

    # --- 6.4: mails -----------------------------------------------------------------------------------------

    async def _by_uid(self, words: list[str]) -> str:
        name = words[0].upper()
        if name not in ("FETCH", "SEARCH", "STORE"):
            msg = "there is no such command by UID"
            raise Refused(msg)
        command = {"FETCH": self._fetch, "SEARCH": self._search, "STORE": self._store}[name]
        return await command(words[1:], by_uid=True)

    def _chosen(self, given: str, *, by_uid: bool) -> list[tuple[int, int]]:
        """Number and UID of the mails of a set."""
        if self._uids is None:
            msg = "choose a folder first"
            raise Refused(msg)
        pairs = list(enumerate(self._uids, 1))
        last = (self._uids[-1] if by_uid else len(self._uids)) if self._uids else 0
        wanted = fetching.ranges(given, last)
        return [
            (number, uid)
            for number, uid in pairs
            if any(low <= (uid if by_uid else number) <= high for low, high in wanted)
        ]

    async def _fetch(self, words: list[str], *, by_uid: bool = False) -> str:
        items = fetching.items(" ".join(words[1:]))
        if by_uid and "UID" not in items:
            items.insert(0, "UID")
        if by_uid:
            self._look_again()
        for number, uid in self._chosen(words[0], by_uid=by_uid):
            kept = self._mailbox("INBOX").mails.get(uid)
            if kept is None:
                continue
            if not self._is_read_only and any(fetching.marks_seen(item) for item in items):
                kept.flags.add(r"\Seen")
            told = b" ".join(fetching.told(item, uid, kept) for item in items)
            await self._line.say(b"* %d FETCH (" % number + told + b")")
        return "OK done"

    async def _search(self, words: list[str], *, by_uid: bool = False) -> str:
        found = self._chosen("1:*", by_uid=by_uid)
        for word in words:
            found = self._narrowed(found, word)
        numbers = [str(uid if by_uid else number) for number, uid in found]
        await self._line.say(" ".join(["* SEARCH", *numbers]))
        return "OK done"

    def _narrowed(self, found: list[tuple[int, int]], word: str) -> list[tuple[int, int]]:
        mails = self._mailbox("INBOX").mails
        match word.upper():
            case "ALL" | "UID":
                return found
            case "SEEN":
                return [each for each in found if r"\Seen" in mails[each[1]].flags]
            case "UNSEEN":
                return [each for each in found if r"\Seen" not in mails[each[1]].flags]
            case _:
                chosen = self._chosen(word, by_uid=True)
                return [each for each in found if each in chosen]

    async def _store(self, words: list[str], *, by_uid: bool = False) -> str:
        if self._is_read_only:
            return "NO the folder is open for reading only"
        sign, flags = words[1][0], set(words[2].strip("()").split())
        for number, uid in self._chosen(words[0], by_uid=by_uid):
            kept = self._mailbox("INBOX").mails[uid]
            kept.flags = kept.flags - flags if sign == "-" else kept.flags | flags if sign == "+" else flags
            if "SILENT" not in words[1].upper():
                await self._line.say(f"* {number} FETCH (UID {uid} FLAGS ({' '.join(sorted(kept.flags))}))")
        return "OK done"
