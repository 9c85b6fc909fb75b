"""Subjects of mails: what they are about without the prefixes of answering and forwarding. Pure."""

import re

_PREFIX = re.compile(
    r"^\s*(?:\[[^\]]{1,40}\]\s*)?(?:re|aw|antw|antwort|sv|vs|ref|rif|r|res|resp|odp|odpov[eě]?[dď]?|ynt|vá|\u043e\u0442\u0432(?:\u0435\u0442)?|"
    r"回复|回覆|答复|返信|회신|답장|fwd?|wg|tr|rv|enc|i|vl|doorst|vb|pd|转发|轉寄|転送|\u043f\u0435\u0440\u0435\u0441\u043b)"
    r"(?:\s*[\[(]\d{1,3}[\])]|\^\d{1,3})?\s*[:\uff1a]\s*",
    re.IGNORECASE,
)


def base_subject(subject: str) -> str:
    """A subject without "Re:" and its kin in other languages, spaces evened out, in lower case."""
    return _bare(subject).casefold()


def reply_subject(subject: str) -> str:
    """The subject of an answer: one "Re:", whatever stood there."""
    return f"Re: {_bare(subject)}".strip()


def first_words(text: str, most: int) -> str:
    """The first words of a text on one line, cut between words; "…" stands for what is missing."""
    line = " ".join(text[: most * 50].split())
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    return f"{kept if line[most - 1] == ' ' else kept.rpartition(' ')[0] or kept}…"


def _bare(subject: str) -> str:
    text = " ".join(subject.split())
    while (shorter := _PREFIX.sub("", text, count=1)) != text:
        text = shorter
    return text.strip()
