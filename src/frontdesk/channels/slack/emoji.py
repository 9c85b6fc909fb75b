"""Slack's short names of emoji: `thumbsup` for 👍. Pure.

The common ones are listed, as reactions mostly are; for others the name in Unicode is tried, which is Slack's
for most of them. Source: docs.slack.dev, "reactions.add" (2026).
"""

import unicodedata

_NAMES = {
    "+1": "👍",
    "-1": "👎",
    "heart": "❤️",
    "joy": "😂",
    "smile": "😄",
    "slightly_smiling_face": "🙂",
    "grinning": "😀",
    "laughing": "😆",
    "rolling_on_the_floor_laughing": "🤣",
    "wink": "😉",
    "blush": "😊",
    "heart_eyes": "😍",
    "star-struck": "🤩",
    "thinking_face": "🤔",
    "open_mouth": "😮",
    "astonished": "😲",
    "cry": "😢",
    "sob": "😭",
    "rage": "😡",
    "angry": "😠",
    "sweat_smile": "😅",
    "disappointed": "😞",
    "confused": "😕",
    "sunglasses": "😎",
    "pray": "🙏",
    "clap": "👏",
    "wave": "👋",
    "ok_hand": "👌",
    "raised_hands": "🙌",
    "muscle": "💪",
    "point_up": "☝️",
    "point_right": "👉",
    "handshake": "🤝",
    "tada": "🎉",
    "fire": "🔥",
    "rocket": "🚀",
    "100": "💯",
    "eyes": "👀",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "ballot_box_with_check": "☑️",
    "x": "❌",
    "warning": "⚠️",
    "exclamation": "❗",
    "question": "❓",
    "star": "⭐",
    "sparkles": "✨",
    "bulb": "💡",
    "broken_heart": "💔",
    "blue_heart": "💙",
    "green_heart": "💚",
    "yellow_heart": "💛",
    "purple_heart": "💜",
    "bike": "🚲",
    "wrench": "🔧",
    "package": "📦",
    "truck": "🚚",
    "phone": "☎️",
    "email": "✉️",
    "calendar": "📆",
    "hourglass": "⌛",
    "coffee": "☕",
    "beers": "🍻",
    "pizza": "🍕",
    "robot_face": "🤖",
    "bow": "🙇",
    "see_no_evil": "🙈",
    "zap": "⚡",
    "sunny": "☀️",
    "checkered_flag": "🏁",
}
_ALIASES = {"thumbsup": "+1", "thumbsdown": "-1", "satisfied": "laughing", "hankey": "poop"}
_PLAIN = "\ufe0f"
_BY_SIGN = {sign.replace(_PLAIN, ""): name for name, sign in _NAMES.items()}
_TONES = "".join(map(chr, range(0x1F3FB, 0x1F400)))


def sign_of(name: str) -> str:
    """The emoji of a short name; a company's own emoji stays `:name:`."""
    bare = name.partition("::")[0]
    bare = _ALIASES.get(bare, bare)
    if bare in _NAMES:
        return _NAMES[bare]
    try:
        found = unicodedata.lookup(bare.replace("_", " "))
    except KeyError:
        return f":{name}:"
    return found if ord(found) > 0x2000 else f":{name}:"


def name_of(sign: str) -> str | None:
    """The short name of an emoji, or of `:name:`; None when it is neither."""
    if len(sign) > 2 and sign[0] == sign[-1] == ":":
        return sign[1:-1]
    bare = sign.replace(_PLAIN, "").rstrip(_TONES)
    if bare in _BY_SIGN:
        return _BY_SIGN[bare]
    if len(bare) != 1 or ord(bare) < 0x2000:
        return None
    known = unicodedata.name(bare, "")
    return known.lower().replace(" ", "_").replace("-", "_") or None
