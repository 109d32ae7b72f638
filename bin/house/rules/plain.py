"""networks/ and primitives/ are plain Python: they run without Django, not even by way of a package they import."""

from __future__ import annotations

import json
import subprocess
import sys

from house.findings import Report
from house.tree import PACKAGE, Tree

PLAIN_ROOMS = ("networks", "primitives")


def check(tree: Tree) -> Report:
    """Read the imports of both rooms, those inside functions too, then import each module where Django is refused."""
    report = Report("plain-python", "module")
    modules = []
    for source in tree.written:
        if source.room not in PLAIN_ROOMS:
            continue
        report.looked_at += 1
        parts = source.parts[:-1] if source.parts[-1] == "__init__" else source.parts
        modules.append(".".join((PACKAGE, *parts)))
        for line in sorted({line for module, line in source.imports if module.partition(".")[0] == "django"}):
            report.fault(source.path, line, _message(source.room, "imports Django"))
    told = {(finding.path, finding.line) for finding in report.findings}
    for found in _asked(tree, modules):
        path, line = str(found["path"]), int(found["line"])
        if (path, line) in told:
            continue
        if found["why"] == "django":
            message = _message(path.split("/")[1], f"imports {found['by']}, which imports Django")
        else:
            message = f"Could not be imported by itself, so nobody knows what it needs: {found['why']}"
        report.fault(path, line, message)
    return report


def _message(room: str, what: str) -> str:
    return (
        f"{room} {what}. Connectors and primitives are plain Python, so that they can be tested, reused and run "
        f"where no database is: take plain values as arguments and return plain values."
    )


def _asked(tree: Tree, modules: list[str]) -> list[dict[str, str | int]]:
    asked = subprocess.run(
        [sys.executable, "-m", "house.without_django", *modules],
        cwd=tree.root,
        env=tree.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise RuntimeError(f"house.without_django failed: {asked.stderr.strip()[-2000:]}")
    found: list[dict[str, str | int]] = json.loads(asked.stdout)
    return found
