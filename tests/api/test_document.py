"""The OpenAPI document itself: what a linter asks of one, so that clients can be made from it (S1-07)."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.api.routes import document, operations

NAME = re.compile(r"\{(\w+)\}")


def _refs(node: Any) -> Iterator[str]:
    """Every reference in a part of the document."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from _refs(each)
    elif isinstance(node, list):
        for each in node:
            yield from _refs(each)


def _target(ref: str) -> Any:
    found: Any = document()
    for part in ref.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def test_s1_07_every_reference_leads_somewhere_and_every_schema_is_used() -> None:
    used = set(_refs(document()))
    assert [ref for ref in used if not isinstance(_target(ref), dict)] == []
    schemas = {f"#/components/schemas/{name}" for name in document()["components"]["schemas"]}
    assert schemas - used == set()


def test_s1_07_every_operation_has_its_own_id_its_tag_and_its_words() -> None:
    specs = {str(each): each.spec for each in operations()}
    ids = Counter(spec["operationId"] for spec in specs.values())
    assert [name for name, count in ids.items() if count > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[A-Za-z0-9_]+", name)] == []
    wordless = [name for name, spec in specs.items() if not (spec.get("summary") and spec.get("tags"))]
    assert wordless == []
    known = {tag["name"] for tag in document().get("tags", [])}
    assert {tag for spec in specs.values() for tag in spec["tags"]} - known == set()


def test_s1_07_every_parameter_of_a_path_is_declared_once_and_required() -> None:
    wrong = {}
    for each in operations():
        declared = [name for name in each.spec.get("parameters", []) if name["in"] == "path"]
        names = [parameter["name"] for parameter in declared]
        if sorted(names) != sorted(NAME.findall(each.path)) or not all(one["required"] for one in declared):
            wrong[str(each)] = names
    assert wrong == {}


def test_s1_07_every_operation_says_how_it_succeeds_and_how_it_fails() -> None:
    silent = set()
    for each in operations():
        answers = each.spec["responses"]
        if not any(code.startswith(("1", "2")) for code in answers):
            silent.add(f"{each}: no success")
        if each.security and not any(code.startswith("4") or code == "default" for code in answers):
            silent.add(f"{each}: no failure")
        if each.spec.get("security") and set(each.security) - set(_target("#/components/securitySchemes")):
            silent.add(f"{each}: an unknown credential")
    assert silent == set()


def test_s1_07_paths_are_plain_and_the_document_says_what_it_is() -> None:
    paths = list(document()["paths"])
    assert [path for path in paths if path.endswith("/") or "?" in path or not path.startswith("/")] == []
    assert len({NAME.sub("{}", path) for path in paths}) == len(paths)
    assert {"title", "version", "description", "license"} <= set(document()["info"])
