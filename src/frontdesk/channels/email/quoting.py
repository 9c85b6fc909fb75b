"""The visible part of a reply: what its writer wrote, without what mail programs quote around it.

Nothing is lost by it: the whole mail is kept, this only says what to show first. Lines are told apart by
kind, one letter each, and rules over the row of letters decide, so that a language is words, never a rule.
"""

import re
import unicodedata

from frontdesk.channels.email import quote_words as w

MAX_LINES = 5000
_WRAPPED = 4
"""Lines over which an attribution may be wrapped."""
_INLINE_LINES = 7
"""Lines of text after a quote from which on they are taken for answers between the quotes."""
_LONGEST_HEADER = 60
_LONG = 160
"""Characters from which on a line is prose."""
_QUOTE = re.compile(r"^\s*(?:>|[A-Za-z]{1,12}>(?:\s|$)|\|\s)")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


def visible_reply(text: str) -> str:
    """What the writer of a reply wrote; empty when the mail holds only what others wrote."""
    lines = _lines(text)
    kinds = _kinds(lines)
    lines, kinds = _without_tail(lines, kinds)
    lines, kinds = _own_part(lines, kinds)
    kept = [line for line, kind in zip(lines, kinds, strict=True) if kind in "teq"]
    if not any(kind == "t" for kind in kinds):
        return ""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _lines(text: str) -> list[str]:
    whole = _ZERO_WIDTH.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    whole = whole.replace("\u00a0", " ").replace("\u202f", " ")
    return [line.rstrip() for line in unicodedata.normalize("NFC", whole).split("\n")[:MAX_LINES]]


def _kinds(lines: list[str]) -> str:
    """A letter per line: empty, text, quote, attribution, separator, header, delimiter, mobile signature."""
    kinds = [_kind(line) for line in lines]
    _mark_attributions(lines, kinds)
    _mark_headers(lines, kinds)
    return "".join(kinds)


def _kind(line: str) -> str:
    if not line.strip():
        return "e"
    if _QUOTE.match(line):
        return "q"
    if w.DELIMITER.match(line):
        return "d"
    if len(line) < _LONG and (w.REPLY_ABOVE.match(line) or w.SEPARATOR.match(line)):
        return "s"
    return "m" if len(line) < _LONG and w.MOBILE.match(line) else "t"


def _mark_attributions(lines: list[str], kinds: list[str]) -> None:
    """Find "On … wrote:", also when it is wrapped over several lines or stands within the quote."""
    for end in range(len(lines)):
        if kinds[end] not in "tq" or not _may_end(lines[end]):
            continue
        start = _dated_start(lines, kinds, end)
        if start is None and _is_undated_attribution(lines, end):
            start = end
        if start is not None:
            kinds[start : end + 1] = "a" * (end + 1 - start)


def _may_end(line: str) -> bool:
    bare = line.rstrip(" *_")
    if bare.endswith((":", "\uff1a")) or w.ENDS_WROTE.search(bare):
        return True
    return bool(w.ISO_GMAIL.match(line)) and len(line) < 200


def _dated_start(lines: list[str], kinds: list[str], end: int) -> int | None:
    """Where the attribution that ends here begins; None when there is none."""
    for start in range(end, max(-1, end - _WRAPPED), -1):
        if kinds[start] not in "tq":
            return None
        said = " ".join(line.lstrip("> ").strip() for line in lines[start : end + 1])
        if len(said) > 500:
            return None
        if _is_dated_attribution(said) and not _starts_earlier(lines, start, said):
            return start
    return None


def _is_dated_attribution(said: str) -> bool:
    if w.ISO_GMAIL.match(said) and not said.endswith("."):
        return True
    tells = bool(w.YEAR.search(said)) + bool(w.CLOCK.search(said)) + bool(w.DAY.search(said))
    if tells < 2:
        return False
    return bool(w.ENDS_MAIL.search(said)) or (bool(w.WROTE.search(said)) and _is_plausible(said))


def _is_undated_attribution(lines: list[str], end: int) -> bool:
    """Whether a line says who wrote and no more, and a quote or an address proves it."""
    said = lines[end].lstrip("> ").strip()
    if w.QUOTING.match(said):
        return True
    if not w.ENDS_WROTE.search(said) or w.ENDS_WROTE.match(said) or len(said) > 200:
        return False
    return bool(w.MAIL.search(said)) or (len(said) < 80 and _is_followed_by_quote(lines, end))


def _is_plausible(said: str) -> bool:
    """An attribution begins as one, ends with the verb, or names an address."""
    opens = w.OPENS.match(said) or re.match(r"\W*\d", said)
    return bool(opens or w.ENDS_WROTE.search(said) or w.MAIL.search(said))


def _starts_earlier(lines: list[str], start: int, said: str) -> bool:
    """Whether the line before belongs to it too: it opens it, or breaks off within it."""
    if start == 0 or w.OPENS.match(said):
        return False
    before = lines[start - 1].lstrip("> ").strip()
    if not before or before[-1] in ".!?:":
        return False
    opens = bool(w.OPENS.match(before)) or before.endswith(("<", '"', ","))
    tells = bool(w.DAY.search(before) or w.YEAR.search(before))
    return (opens and tells) or (not w.MAIL.search(said) and bool(w.MAIL.search(before)))


def _is_followed_by_quote(lines: list[str], end: int) -> bool:
    following = (line for line in lines[end + 1 : end + 4] if line.strip())
    return bool(_QUOTE.match(next(following, "")))


def _mark_headers(lines: list[str], kinds: list[str]) -> None:
    """Find the quoted mail's header: three of its lines together, or two right below a separator."""
    n = 0
    while n < len(lines):
        if kinds[n] == "t" and _header(lines[n]) is not None:
            end, found = _header_end(lines, kinds, n)
            below = _stands_below(kinds, n)
            if len(found) >= 3 or (len(found) == 2 and (below or found >= {0, 1})):
                kinds[n:end] = "h" * (end - n)
                n = end
                continue
        n += 1


def _header(line: str) -> int | None:
    """Which header a line is: 0 From, 1 Sent, 2 To, 3 Subject, 4 another; None for text."""
    if len(line) > 2000:
        return None
    return next((n for n, pattern in enumerate(w.HEADERS) if pattern.match(line)), None)


def _header_end(lines: list[str], kinds: list[str], start: int) -> tuple[int, set[int]]:
    found: set[int] = set()
    end, n, gap = start, start, 0
    while n < min(len(lines), start + _LONGEST_HEADER) and gap < 2:
        which = _header(lines[n])
        if which is not None:
            found.add(which)
            end, gap = n + 1, 0
        elif kinds[n] == "e" and n + 1 < len(lines) and _header(lines[n + 1]) is None:
            break
        elif kinds[n] in "td":
            gap += 1
        n += 1
    return end, found


def _stands_below(kinds: list[str], start: int) -> bool:
    above = [kind for kind in kinds[max(0, start - 3) : start] if kind != "e"]
    return bool(above) and above[-1] in "sda"


def _without_tail(lines: list[str], kinds: str) -> tuple[list[str], str]:
    """Without what surely ends a reply: a delimiter, a separator, a header, a program's signature."""
    said = False
    for n, kind in enumerate(kinds):
        said = said or kind == "t"
        if kind in "dshm" and said:
            return lines[:n], kinds[:n]
        if kind == "d" and "t" not in kinds[n:]:
            return lines[:n], kinds[:n]
    return lines, kinds


def _own_part(lines: list[str], kinds: str) -> tuple[list[str], str]:
    """Without the quote that follows, or precedes, what was written."""
    below = re.search(r"^[eq]*a[aqe]*q[aqe]*(t[et]*)$", kinds)
    if below:
        return lines[below.start(1) :], kinds[below.start(1) :]
    for match in re.finditer(r"(?<=[tem])a", kinds):
        n, rest = match.start(), kinds[match.start() :]
        if "t" in kinds[:n] and not _answers_between(rest):
            return lines[:n], kinds[:n]
    trailing = re.search(r"[eqam]+$", kinds)
    if trailing and "t" in kinds[: trailing.start()]:
        return lines[: trailing.start()], kinds[: trailing.start()]
    return lines, kinds


def _answers_between(rest: str) -> bool:
    """Whether text after an attribution is the writer's own: it stands between quotes, or is long."""
    quote = re.match(r"a[ae]*q[aqe]*", rest)
    if quote is None:
        return False
    following = rest[quote.end() :]
    return "tq" in following.replace("e", "") or following.count("t") >= _INLINE_LINES
