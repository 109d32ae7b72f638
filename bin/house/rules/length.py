"""Length: a file that one cannot read in one go becomes a folder of the same name."""

from __future__ import annotations

from house.findings import Report
from house.tree import Tree

ADVISED, ALLOWED = 300, 400


def check(tree: Tree) -> Report:
    """Python files of the package."""
    report = Report("length", "file")
    for source in tree.written:
        report.looked_at += 1
        lines = source.text.count("\n")
        if lines > ALLOWED:
            stem = source.path.removesuffix(".py")
            report.fault(
                source.path,
                0,
                f"{lines} lines (at most {ALLOWED}, better {ADVISED}). Make it the folder {stem}/, one file a thing, "
                f"and import the names in its __init__.py, so that callers do not change.",
            )
        elif lines > ADVISED:
            report.advice.append(f"{source.path} has {lines} lines; above {ALLOWED} it must become a folder.")
    return report
