"""Every operation of the API, read from its OpenAPI document, with values for its path."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from frontdesk.api.app import create_app


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    spec_key: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def spec(self) -> dict[str, Any]:
        """What the document says of it."""
        path, method = self.spec_key
        found: dict[str, Any] = document()["paths"][path][method]
        return found

    @property
    def parameters(self) -> list[str]:
        """The names in its path."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def is_write(self) -> bool:
        """Whether it changes something."""
        return self.method not in {"GET", "HEAD"}

    @property
    def security(self) -> set[str]:
        """The kinds of credentials it takes; empty for an open one."""
        return {name for each in self.spec.get("security", []) for name in each}

    def at(self, **values: str) -> str:
        """The path with these values in it."""
        return self.path.format(**values)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return create_app().openapi()


def operations() -> Iterator[Operation]:
    """All of them, in the document's order."""
    for path, methods in document()["paths"].items():
        for method in methods:
            yield Operation(method.upper(), path, (path, method))
