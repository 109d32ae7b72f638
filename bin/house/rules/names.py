"""Drawer names: a folder or file called utils says nothing about what is in it, so everything ends up there."""

from __future__ import annotations

from pathlib import Path

from house.findings import Report
from house.tree import Tree

DRAWERS = {"utils", "util", "utilities", "helpers", "helper", "common", "misc", "lib", "shared", "tools"}


def check(tree: Tree) -> Report:
    """Every folder and file of the package, the tests and bin/ is named for a thing."""
    report = Report("names", "file")
    told: set[Path] = set()
    for top in ("colonnade", "tests", "bin"):
        for path in tree.files(top, ".py", ".html", ".css", ".js", ".sh", ".txt", ".json"):
            report.looked_at += 1
            for named in _drawers(path.relative_to(tree.root)):
                if named not in told:
                    told.add(named)
                    report.fault(
                        named.as_posix(),
                        0,
                        f"'{named.stem}' names no thing, so everything ends up in it. Name the file for what it "
                        f"holds (clock, ids, matcher), or put the function into the room that owns its noun.",
                    )
    return report


def _drawers(path: Path) -> list[Path]:
    """The parts of a path, as paths, whose name is a drawer's."""
    steps = [Path(*path.parts[: depth + 1]) for depth in range(len(path.parts))]
    return [step for step in steps if step.stem in DRAWERS]
