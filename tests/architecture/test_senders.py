"""S3-30: no sender and no recipient stands in the code; who writes to whom comes from outside."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.repository import ROOT

SOURCES = ROOT / "src" / "frontdesk"
INVENTED = ("simulators", "demo.py")
"""The company and the customers of the demo: nothing leaves it."""
NUMBER = re.compile(r"\+[1-9]\d{6,14}(?!\d)")
MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
EXAMPLES = {"+15550100", "+34600000001"}
"""Of settings and requests, in what people read of them."""
NOBODYS = (".example", ".invalid", "@example.com")
"""RFC 2606, sections 2 and 3: nobody can have these."""


def _texts() -> Iterator[tuple[str, str]]:
    """Every text in the code but what documents it, with the place where it stands."""
    for path in sorted(SOURCES.rglob("*.py")):
        if any(part in INVENTED for part in path.relative_to(SOURCES).parts):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
        for each in ast.walk(tree):
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in told:
                yield f"{path.relative_to(ROOT)}:{each.lineno}", each.value


def _addresses(text: str) -> set[str]:
    mails = {each for each in MAIL.findall(text) if not each.lower().endswith(NOBODYS)}
    return mails | {each for each in NUMBER.findall(text) if each not in EXAMPLES}


def test_s3_30_no_sender_or_recipient_is_written_into_the_code() -> None:
    assert {place: found for place, text in _texts() if (found := _addresses(text))} == {}


def test_the_search_finds_what_it_looks_for() -> None:
    assert _addresses("from +34655123123 and ana.b@shop.com to +15550100") == {
        "+34655123123",
        "ana.b@shop.com",
    }
    assert _addresses("name@example.com, x@rill.example") == set()
    assert len(list(_texts())) > 1_000
