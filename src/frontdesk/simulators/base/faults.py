"""Trouble on demand: which faults are set, and whether the next step meets one. Harm is done elsewhere."""

import random
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr


class FaultKind(StrEnum):
    """What can go wrong."""

    RATE_LIMIT = "rate_limit"
    SERVER_ERROR = "server_error"
    ERROR = "error"
    SLOW = "slow"
    RESET = "reset"
    ACCEPT_RESET = "accept_reset"
    ACCEPT_TIMEOUT = "accept_timeout"
    ACCEPT_ERROR = "accept_error"
    STATUS_FIRST = "status_first"
    FAIL_LATER = "fail_later"
    UPLOAD_ERROR = "upload_error"
    DOWNLOAD_ERROR = "download_error"
    HOOK_DUPLICATE = "hook_duplicate"
    HOOK_CONCURRENT = "hook_concurrent"
    HOOK_REORDER = "hook_reorder"
    HOOK_BATCH = "hook_batch"
    HOOK_DELAY = "hook_delay"
    HOOK_BAD_SIGNATURE = "hook_bad_signature"


TITLES = {
    FaultKind.RATE_LIMIT: "Sends are refused: 429 with Retry-After",
    FaultKind.SERVER_ERROR: "Sends fail with a 5xx before they are taken",
    FaultKind.ERROR: "Sends are refused with an error code",
    FaultKind.SLOW: "Sends are answered slowly",
    FaultKind.RESET: "The connection is cut before a send is taken",
    FaultKind.ACCEPT_RESET: "A send is taken, then the connection is cut",
    FaultKind.ACCEPT_TIMEOUT: "A send is taken, and no answer ever comes",
    FaultKind.ACCEPT_ERROR: "A send is taken, and answered with a 500",
    FaultKind.STATUS_FIRST: "The status hooks arrive before the send's answer",
    FaultKind.FAIL_LATER: "A send is taken and reported as failed later",
    FaultKind.UPLOAD_ERROR: "Files cannot be uploaded",
    FaultKind.DOWNLOAD_ERROR: "Files cannot be downloaded",
    FaultKind.HOOK_DUPLICATE: "Hooks arrive twice, one after the other",
    FaultKind.HOOK_CONCURRENT: "Hooks arrive twice at the same time",
    FaultKind.HOOK_REORDER: "Hooks arrive in the wrong order",
    FaultKind.HOOK_BATCH: "Many hooks arrive in one request",
    FaultKind.HOOK_DELAY: "Hooks arrive late",
    FaultKind.HOOK_BAD_SIGNATURE: "Each hook is preceded by one with a wrong signature",
}


class Fault(BaseModel):
    """One rule: what goes wrong, for whom, how often."""

    model_config = ConfigDict(extra="forbid")

    kind: FaultKind
    business: str | None = Field(default=None, description="Only this business, by its id; None: all.")
    phone: str | None = Field(default=None, description="Only this phone, by its id; None: all.")
    after: int = Field(default=0, ge=0, description="Let so many pass first.")
    count: int | None = Field(default=None, ge=1, description="Hit so many; None: until taken away.")
    probability: float = Field(default=1.0, gt=0, le=1)
    seed: int = 0
    seconds: float = Field(
        default=8.0, ge=0, le=600, description="For slow, accept_timeout, hook_delay, rate_limit."
    )
    code: int | None = Field(
        default=None, ge=0, description="For error and fail_later: the provider's code; None: its usual one."
    )
    status: int | None = Field(
        default=None, ge=400, le=599, description="For server_error, rate_limit, error."
    )
    size: int = Field(
        default=10, ge=2, le=1000, description="For hook_batch: at most so many in one request."
    )
    shape: str = Field(
        default="mixed",
        max_length=40,
        description="For hook_batch: how they are put together, if there are several ways.",
    )

    _random: random.Random = PrivateAttr()
    _seen: int = PrivateAttr(0)
    _hits: int = PrivateAttr(0)

    def model_post_init(self, _context: object, /) -> None:
        """Start the fault's own dice."""
        self._random = random.Random(self.seed)  # noqa: S311

    @property
    def hits(self) -> int:
        """How often it struck."""
        return self._hits

    @property
    def is_spent(self) -> bool:
        """Whether it will not strike again."""
        return self.count is not None and self._hits >= self.count

    def strikes(self, business: str | None, phone: str | None) -> bool:
        """Whether the next step meets it; each question counts as a step."""
        if self.business not in {None, business} or self.phone not in {None, phone}:
            return False
        self._seen += 1
        if self._seen <= self.after or self.is_spent or self._random.random() >= self.probability:
            return False
        self._hits += 1
        return True


ALL_KINDS = frozenset(FaultKind)
BEFORE_SEND = frozenset(
    {FaultKind.RATE_LIMIT, FaultKind.SERVER_ERROR, FaultKind.ERROR, FaultKind.SLOW, FaultKind.RESET}
)
"""Met before a send is taken."""
AFTER_SEND = frozenset(
    {FaultKind.ACCEPT_RESET, FaultKind.ACCEPT_TIMEOUT, FaultKind.ACCEPT_ERROR, FaultKind.STATUS_FIRST}
)
"""Met once a send is taken, before it is answered."""


class Faults:
    """All rules set now, asked in the order they were set.

    Args:
        kinds: What this simulator can do; the page offers these, and others are refused.
    """

    def __init__(self, kinds: frozenset[FaultKind] = ALL_KINDS) -> None:
        self.kinds = kinds
        self.rules: list[Fault] = []

    def set(self, rules: list[Fault]) -> None:
        """Set these and no others. Raises ValueError for a kind that does not exist here."""
        for rule in rules:
            if rule.kind not in self.kinds:
                msg = f"there is no {rule.kind} here"
                raise ValueError(msg)
        self.rules = rules

    def next(
        self, kinds: frozenset[FaultKind] | FaultKind, business: str | None, phone: str | None
    ) -> Fault | None:
        """The first rule of these kinds that strikes now."""
        wanted = {kinds} if isinstance(kinds, FaultKind) else kinds
        for rule in self.rules:
            if rule.kind in wanted and rule.strikes(business, phone):
                return rule
        return None

    def as_json(self) -> dict[str, Any]:
        """The faults set, how often each struck, and the kinds there are."""
        faults = [
            rule.model_dump(mode="json") | {"hits": rule.hits, "is_spent": rule.is_spent}
            for rule in self.rules
        ]
        titles = [
            {"kind": kind.value, "title": title} for kind, title in TITLES.items() if kind in self.kinds
        ]
        return {"faults": faults, "kinds": titles}
