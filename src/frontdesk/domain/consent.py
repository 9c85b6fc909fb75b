"""Whether somebody wants to hear from us: what kinds of leave there are, and the words that take it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from frontdesk.domain.content import Button, Content, Text

_MARKS = " \t\r\n.!?,;:'\"“”«»()"
_MOST = 60


class OptOutKind(StrEnum):
    """What somebody does not want any more."""

    ALL = "all"
    """Nothing may be sent."""
    MARKETING = "marketing"
    """No templates of the category marketing."""
    AUTOMATIC = "automatic"
    """Nothing that no person writes: notifications, bots."""
    UNASKED = "unasked"
    """Nothing that does not answer them: what they did not begin themselves, notifications, advertising."""


class OptOutSource(StrEnum):
    """How we know."""

    KEYWORD = "keyword"
    PROVIDER = "provider"
    API = "api"
    LINK = "link"
    """They followed the link in a message."""


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The words by which customers take leave and come back, in the form of `word_of`."""

    leave: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()

    def wish_of(self, content: Content) -> bool | None:
        """True if this takes leave, False if it comes back; None if it says neither.

        Only a message that is nothing but the word counts: "Please stop by tomorrow" does not.
        """
        said = content.body if isinstance(content, Text) else None
        said = content.text if isinstance(content, Button) else said
        if said is None or len(said) > _MOST:
            return None
        word = word_of(said)
        if word in self.leave:
            return True
        return False if word in self.back else None


def word_of(text: str) -> str:
    """A word as it is compared: without case, marks around it, and doubled spaces."""
    return " ".join(text.strip(_MARKS).casefold().split())


def words_of(leave: Iterable[str], back: Iterable[str]) -> ConsentWords:
    """The words as they are compared."""
    return ConsentWords(frozenset(map(word_of, leave)), frozenset(map(word_of, back)))
