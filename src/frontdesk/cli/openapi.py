"""`frontdesk openapi`: the API's document."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter


def openapi(
    *, output: Annotated[Path | None, Parameter(help="Write to this file instead of printing.")] = None
) -> None:
    """Print the OpenAPI document of this version."""
    from frontdesk.api.app import create_app  # noqa: PLC0415 - help needs no API

    text = json.dumps(create_app().openapi(), ensure_ascii=False, indent=2) + "\n"
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
