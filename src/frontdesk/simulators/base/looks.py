"""How a message looks on a phone, said the same way for every provider: one page shows them all."""

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class LookFile:
    """A file in a message: kept by the simulator (`id`) or elsewhere (`url`)."""

    kind: Literal["image", "audio", "video", "document", "sticker"]
    id: str | None = None
    url: str | None = None
    filename: str | None = None
    mime: str | None = None


@dataclass(frozen=True, slots=True)
class LookPlace:
    """A place on a map."""

    latitude: float
    longitude: float
    name: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class LookCard:
    """A contact card: a name, and one line that says how to reach it."""

    name: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class LookChoice:
    """Something the phone's owner can press; pressing it sends `action` to the play API."""

    label: str
    action: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LookLink:
    """A link with a label."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Look:
    """Everything a phone can show of one message; what is empty is not there."""

    text: str = ""
    head: str = ""
    """A title or an e-mail's subject."""
    foot: str = ""
    html: str | None = None
    """The id of a kept file: a mail's HTML, to be shown in a frame without scripts."""
    files: tuple[LookFile, ...] = ()
    place: LookPlace | None = None
    cards: tuple[LookCard, ...] = ()
    choices: tuple[LookChoice, ...] = ()
    links: tuple[LookLink, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the play API tells it."""
        return asdict(self)
