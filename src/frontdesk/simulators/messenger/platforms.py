"""What differs between the platform's two networks. Pure data.

Source: developers.facebook.com, Messenger Platform, "Webhook events reference"; Instagram Messaging,
"Webhooks", "Send API" (2026).
"""

from dataclasses import dataclass

from frontdesk.simulators.base import Abilities, AddressField, ReadyMade, Switch

FIELDS = frozenset(
    {
        "messages",
        "messaging_postbacks",
        "message_deliveries",
        "message_reads",
        "message_reactions",
        "message_echoes",
        "message_edits",
        "messaging_referrals",
        "messaging_optins",
        "messaging_handovers",
        "standby",
        "feed",
    }
)
"""Fields of a page that an app can subscribe to."""

_REFERRAL = {"type": "referral", "ref": "spring-check", "source": "SHORTLINK"}
_BLOCKS = Switch(name="is_blocked", label="Blocks the page", hint="Sends to it are refused (551)")
_COMMON = (
    ReadyMade(label="Get started", action={"type": "postback", "title": "Get started", "payload": "START"}),
    ReadyMade(label="Comes by a link", action=_REFERRAL),
    ReadyMade(label="The page answers by hand", action={"type": "page_reply", "text": "On it, one moment."}),
    ReadyMade(label="Something unsupported", action={"type": "unsupported"}),
)
_STORY = (
    ReadyMade(label="Answers your story", action={"type": "story_reply", "text": "Love this one!"}),
    ReadyMade(label="Mentions you in a story", action={"type": "story_mention"}),
)


@dataclass(frozen=True, slots=True)
class Platform:
    """One of the networks."""

    slug: str
    name: str
    object: str
    """What a hook's body says it is about."""
    max_text: int
    max_image_bytes: int
    tells_delivery: bool
    """Whether hooks tell what arrived; else only what was read."""
    reads_by_id: bool
    """Whether a read names the message, else everything until a moment."""
    takes_reactions: bool
    """Whether a business may react."""
    tells_metadata: bool
    """Whether an echo repeats what the send carried."""
    abilities: Abilities


MESSENGER = Platform(
    slug="messenger",
    name="Messenger",
    object="page",
    max_text=2000,
    max_image_bytes=25 * 1024 * 1024,
    tells_delivery=True,
    reads_by_id=False,
    takes_reactions=False,
    tells_metadata=True,
    abilities=Abilities(
        kinds=("text", "image", "voice", "video", "document", "sticker", "audio"),
        caption=False,
        replies=True,
        reactions=True,
        edits=True,
        revokes=True,
        reads=True,
        window=True,
        switches=(_BLOCKS,),
        ready_made=_COMMON,
        address=AddressField(
            label="Page-scoped ID",
            placeholder="7300990011001234",
            pattern=r"^\d{5,20}$",
            problem="5 to 20 digits.",
        ),
    ),
)
INSTAGRAM = Platform(
    slug="instagram",
    name="Instagram",
    object="instagram",
    max_text=1000,
    max_image_bytes=8 * 1024 * 1024,
    tells_delivery=False,
    reads_by_id=True,
    takes_reactions=True,
    tells_metadata=False,
    abilities=Abilities(
        kinds=("text", "image", "voice", "video", "audio"),
        caption=False,
        replies=True,
        reactions=True,
        revokes=True,
        reads=True,
        window=True,
        switches=(_BLOCKS,),
        ready_made=(*_STORY, *_COMMON),
        address=AddressField(
            label="Instagram-scoped ID",
            placeholder="8400770022001234",
            pattern=r"^\d{5,20}$",
            problem="5 to 20 digits.",
        ),
    ),
)
