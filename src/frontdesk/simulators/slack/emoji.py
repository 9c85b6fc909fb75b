"""Emoji by Slack's short names, which stand in reactions instead of the sign. Pure.

Slack's names are those of the emoji-data set; where its name is Unicode's own, the table is not asked.
"""

import unicodedata

_NAMES = {
    "+1": "👍",
    "-1": "👎",
    "heart": "❤️",
    "joy": "😂",
    "open_mouth": "😮",
    "cry": "😢",
    "pray": "🙏",
    "smile": "😄",
    "tada": "🎉",
    "fire": "🔥",
    "eyes": "👀",
    "clap": "👏",
    "ok_hand": "👌",
    "wave": "👋",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "x": "❌",
    "100": "💯",
    "rocket": "🚀",
    "thinking_face": "🤔",
    "raised_hands": "🙌",
    "bike": "🚲",
}
_SELECTOR = "\ufe0f"
_BY_SIGN = {sign.replace(_SELECTOR, ""): name for name, sign in _NAMES.items()}


def sign_of(name: str) -> str | None:
    """The emoji of a short name; None when Slack has none of that name."""
    bare = name.strip(":").partition("::")[0]
    if bare in _NAMES:
        return _NAMES[bare]
    try:
        found = unicodedata.lookup(bare.replace("_", " "))
    except KeyError:
        return None
    return found if ord(found) > 0x2000 else None


def name_of(sign: str) -> str | None:
    """The short name of an emoji; None when it has none."""
    bare = sign.replace(_SELECTOR, "")
    if bare in _BY_SIGN:
        return _BY_SIGN[bare]
    if len(bare) != 1 or ord(bare) < 0x2000:
        return None
    return unicodedata.name(bare, "").lower().replace(" ", "_").replace("-", "_") or None
