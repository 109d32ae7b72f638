"""What a rule hands back: where a fault stands and a sentence that teaches, and how much the rule looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Finding:
    """One fault. `path` is relative to the checkout; `line` is 0 where the fault is a whole file or folder."""

    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: [{self.rule}] {self.message}"


@dataclass
class Report:
    """What one rule found, and what it looked at: `looked_at` counts things named by the plural `of`."""

    rule: str
    of: str
    looked_at: int = 0
    findings: list[Finding] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)

    def fault(self, path: str, line: int, message: str) -> None:
        """Record a fault."""
        self.findings.append(Finding(path, line, self.rule, message))

    def blind(self) -> Finding | None:
        """A rule that saw nothing proves nothing: the fault it then is itself."""
        if self.looked_at:
            return None
        return Finding(
            "bin/house",
            0,
            self.rule,
            f"This rule saw no {self.of}, so it proves nothing. Either they moved, and the rule must learn where, "
            f"or the rule is no longer needed and goes.",
        )


def one_a_place(findings: Iterable[Finding]) -> list[Finding]:
    """The findings without those at a line where an earlier rule has spoken already: one fault, one message."""
    first: dict[tuple[str, int], Finding] = {}
    for finding in findings:
        first.setdefault((finding.path, finding.line), finding)
    return sorted(first.values())
