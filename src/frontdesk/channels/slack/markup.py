"""Slack's way of writing text: escaped signs and marks in angle brackets. Pure.

Source: docs.slack.dev, "Formatting message text" (2026): &, < and > are escaped; links, people and channels
stand in angle brackets.
"""

import re

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_ESCAPED = re.compile(r"&(amp|lt|gt);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">"}


def escaped(text: str) -> str:
    """Our words as Slack wants them: nothing in them is a mark."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def readable(text: str) -> str:
    """Slack's words as people typed them; the mark of somebody without a name stays as it is."""
    if "<" in text:
        text = _MARK.sub(_shown, text)
    return _ESCAPED.sub(lambda found: _SIGNS[found[1]], text) if "&" in text else text


def _shown(found: re.Match[str]) -> str:
    target, label = found[1], found[2]
    sign = target[:1]
    if sign in ("@", "#"):
        return f"{sign}{label}" if label else found[0]
    if sign == "!":
        word = target[1:].partition("^")[0]
        return label or (f"@{word}" if word in ("here", "channel", "everyone") else found[0])
    if not label or label in (target, target.partition(":")[2].lstrip("/")):
        return label or target
    return f"{label} ({target})"
