"""Text as Slack writes it, and as people read it. Pure.

Source: docs.slack.dev, "Formatting message text" (2026).
"""

import re

_LINK = re.compile(r"https?://[^\s<>|]+")
_BOLD = re.compile(r"(?<![\w*])\*([^*\s](?:[^*\n]*[^*\s])?)\*(?![\w*])")
_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")


def written(text: str) -> str:
    """What somebody typed, as events carry it: signs escaped, addresses in angle brackets."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINK.sub(lambda found: f"<{found[0]}>", escaped)


def readable(text: str) -> str:
    """What an app sent, as people see it: a link as its label, what is bold without its stars."""
    plain = _BOLD.sub(r"\1", _MARK.sub(lambda found: found[2] or found[1], text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def links_in(text: str) -> list[tuple[str, str]]:
    """(label, address) of the labelled links."""
    return [
        (found[2], found[1]) for found in _MARK.finditer(text) if found[2] and found[1].startswith("http")
    ]
