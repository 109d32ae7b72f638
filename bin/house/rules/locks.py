"""Lock files: hashes, no index address, and the lock for tests holds every line of the other."""

from __future__ import annotations

import re

from house.findings import Report
from house.tree import Tree

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._\[\]-]+)==(?P<version>[^\s;\\]+)", re.M)


def check(tree: Tree) -> Report:
    """requirements.lock and requirements-dev.lock."""
    report = Report("locks", "pin")
    pins: dict[str, dict[str, str]] = {}
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (tree.root / lock).read_text("utf-8")
        pins[lock] = {found["name"]: found["version"] for found in PIN.finditer(text)}
        report.looked_at += len(pins[lock])
        entries = re.split(r"\n(?=[A-Za-z0-9])", text)
        for entry in entries:
            if PIN.match(entry) and "--hash=" not in entry:
                report.fault(
                    lock, 0, f"{entry.split()[0]} has no hash: compile the lock with --generate-hashes."
                )
        if re.search(r"^\s*(--(extra-)?index-url|--find-links)", text, re.M):
            report.fault(lock, 0, "A lock carries no index address: compile it with --no-emit-index-url.")
    for name, version in pins["requirements.lock"].items():
        if pins["requirements-dev.lock"].get(name) != version:
            report.fault(
                "requirements-dev.lock",
                0,
                f"{name} is pinned to {version} for running and to {pins['requirements-dev.lock'].get(name)} for "
                f"tests, so the tests would test something else. Compile it with --constraint requirements.lock.",
            )
    return report
