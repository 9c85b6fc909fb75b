"""A stand-in for the guarded HTTP client that keeps every request and answers as the test says."""

import json as jsons
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from typing_extensions import override

from frontdesk.kit.http import FileField, HttpClient, HttpFailed, Response
from frontdesk.kit.spool import Body


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest:
    """One request as a channel made it. Header names are lower-case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    params: dict[str, str | int] | None = None
    json: Any = None
    content: Body | str | None = None
    data: dict[str, str] | None = None
    files: dict[str, FileField] | None = None
    credential_hosts: tuple[str, ...] | None = None


def json_answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body; `retry_after="7"` gives the header `retry-after`."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json"} | told, jsons.dumps(body).encode(), "")


class RecordingHttp(HttpClient):
    """Never opens a connection. The n-th request gets the n-th answer, later ones the last.

    Args:
        answers: Responses to give and failures to raise.
    """

    def __init__(self, *answers: Response | HttpFailed) -> None:
        super().__init__()
        self.answers = answers or (json_answer({}),)
        self.requests: list[RecordedRequest] = []

    @override
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        content: Body | str | None = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, FileField] | None = None,
        timeout_seconds: float = 20.0,
        max_bytes: int = 16 * 1024 * 1024,
        max_redirects: int = 0,
        credential_hosts: Collection[str] | None = None,
        spooled: bool = False,
    ) -> Response:
        """Keep the request; give or raise what is next."""
        self.requests.append(
            RecordedRequest(
                method=method,
                url=url,
                headers={name.lower(): value for name, value in (headers or {}).items()},
                params=dict(params) if params is not None else None,
                json=json,
                content=content,
                data=dict(data) if data is not None else None,
                files=dict(files) if files is not None else None,
                credential_hosts=tuple(credential_hosts) if credential_hosts is not None else None,
            )
        )
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, HttpFailed):
            raise answer
        return answer
