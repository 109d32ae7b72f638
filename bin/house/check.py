"""bin/check: format, lint, types, migrations and the rules of the house, each with its seconds.

Prints one line for each finding and ends with 0 only if there is none.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from house.findings import Finding, one_a_place
from house.rules import ASKING, RULES, Rule
from house.tree import Tree

CODE = ("colonnade", "tests", "bench", "bin")
TYPED = ("colonnade", "bin/house")


@dataclass(frozen=True)
class Outcome:
    """What one step says: lines to print, how many of them are findings, and a word on what was looked at."""

    lines: list[str]
    findings: int
    looked_at: str


def _tool(tree: Tree, *command: str) -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory(prefix="colonnade-check-") as home:
        ran = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tree.root,
            env=tree.environment(home),
            capture_output=True,
            text=True,
            check=False,
        )
    return ran.returncode, [line for line in (ran.stdout + ran.stderr).splitlines() if line.strip()]


def check_format(tree: Tree) -> Outcome:
    """ruff format."""
    code, lines = _tool(tree, "ruff", "format", "--check", "--output-format", "concise", *CODE)
    found = [line for line in lines if ": unformatted: " in line]
    told = [
        f"{line.split(':')[0]}: [format] Not as `ruff format` writes it. Run: bin/check --fix"
        for line in found
    ]
    return _outcome(code, told, lines, "Python files")


def check_lint(tree: Tree) -> Outcome:
    """ruff check."""
    code, lines = _tool(tree, "ruff", "check", "--output-format", "concise", *CODE)
    found = [
        re.sub(r"^(\S+:\d+):\d+: ", r"\1: [lint] ", line)
        for line in lines
        if re.match(r"\S+:\d+:\d+: ", line)
    ]
    return _outcome(code, found, lines, "Python files")


def _outcome(code: int, found: list[str], lines: list[str], looked_at: str) -> Outcome:
    """A tool's findings; all that it said where it failed without any."""
    told = (found or lines or ["It failed without a word."]) if code else []
    return Outcome(told, len(told), looked_at)


def check_types(tree: Tree) -> Outcome:
    """mypy, strict, with Django's plugin; quick when little has changed since the last time."""
    code, lines = _tool(tree, "mypy", "--no-error-summary", "--hide-error-context", *TYPED)
    found = [line.replace(": error: ", ": [types] ", 1) for line in lines if ": error: " in line]
    return _outcome(code, found, lines, " and ".join(TYPED))


def check_migrations(tree: Tree) -> Outcome:
    """Every change of a model has its migration."""
    code, lines = _tool(tree, "house.migrations")
    found = [line for line in lines if ": [migrations] " in line]
    return _outcome(code, found, lines, "every room's models")


def check_house(tree: Tree) -> Outcome:
    """The rules of the house."""
    told, advice = judge(tree, RULES)
    lines = [*(f"  (advice) {line}" for line in advice), *map(str, told)]
    return Outcome(lines, len(told), f"{len(tree.sources)} files by {len(RULES)} rules")


def judge(tree: Tree, rules: Sequence[Rule]) -> tuple[list[Finding], list[str]]:
    """What the rules find, one finding a place, and what they advise without insisting."""
    with ThreadPoolExecutor(2) as pool:
        # Some ask a process of their own, which runs while the others read.
        apart = {rule: pool.submit(rule, tree) for rule in rules if rule in ASKING}
        read = {rule: rule(tree) for rule in rules if rule not in ASKING}
        reports = [apart[rule].result() if rule in apart else read[rule] for rule in rules]
    blind = [finding for report in reports if (finding := report.blind())]
    found = one_a_place(finding for report in reports for finding in report.findings)
    return [*blind, *found], [line for report in reports for line in report.advice]


STEPS: dict[str, Callable[[Tree], Outcome]] = {
    "types": check_types,  # the longest first
    "house": check_house,
    "migrations": check_migrations,
    "lint": check_lint,
    "format": check_format,
}


def _timed(step: Callable[[Tree], Outcome], tree: Tree) -> tuple[Outcome, float]:
    started = time.monotonic()
    return step(tree), time.monotonic() - started


def main(arguments: list[str]) -> int:
    """Run the steps, two at a time, and print what they say in their order."""
    parser = argparse.ArgumentParser(prog="bin/check", description=__doc__)
    parser.add_argument(
        "--only", choices=sorted(STEPS), action="append", help="run this step alone; may be repeated"
    )
    parser.add_argument("--fix", action="store_true", help="let ruff format and fix what it can first")
    chosen = parser.parse_args(arguments)
    tree = Tree(Path(__file__).resolve().parents[2])
    if chosen.fix:
        _tool(tree, "ruff", "check", "--fix", "--quiet", *CODE)
        _tool(tree, "ruff", "format", "--quiet", *CODE)
    total, started = 0, time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        running = {
            name: pool.submit(_timed, STEPS[name], tree) for name in STEPS if name in (chosen.only or STEPS)
        }
        for name, future in running.items():
            outcome, seconds = future.result()
            for line in outcome.lines:
                print(line)
            total += outcome.findings
            verdict = "no fault" if not outcome.findings else f"{outcome.findings} to mend"
            print(f"{name:<12}{seconds:6.1f} s   {verdict} ({outcome.looked_at})", flush=True)
    print(f"{'in all':<12}{time.monotonic() - started:6.1f} s   {total} to mend")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
