"""What a harvest did, or with `dry_run` would have done."""

from dataclasses import asdict, dataclass, field
from typing import Any

LISTED = 100


@dataclass(slots=True)
class Report:
    """Counts are of entries. `kept`: those in which a steward's value stands against the source's. `would_withdraw`:
    those missing from the source that are not withdrawn (yet). `failed`: records that could not be used. Lists hold
    the first 100. `is_complete`: the source gave everything, so what it did not give is missing.
    """

    source: str
    run: str = ""
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    would_withdraw: int = 0
    withdrawn: int = 0
    failed: int = 0
    stopped_because: str | None = None
    is_complete: bool = False
    dry_run: bool = False
    conflicts: int = 0
    back_again: int = 0
    missing: list[str] = field(default_factory=list)
    retitled: list[list[str]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)
    set_aside: int = 0

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)

    @property
    def is_good(self) -> bool:
        return not self.stopped_because and not self.failed
