"""What an operator or a developer meets has words: every room, event, setting and verb."""

from __future__ import annotations

import ast
import re

from house.findings import Report
from house.tree import Source, Tree

SETTING = re.compile(r"\bCOLONNADE_[A-Z][A-Z0-9_]*[A-Z0-9]\b")
SETTINGS_GUIDE, VERBS_GUIDE = "docs/guides/settings.md", "docs/guides/cli.md"


def _words(tree: Tree, path: str) -> str:
    document = tree.root / path
    return document.read_text("utf-8") if document.is_file() else ""


def check_rooms(tree: Tree) -> Report:
    """Every room has a page in docs/rooms/."""
    report = Report("rooms-described", "room")
    for room in tree.rooms:
        report.looked_at += 1
        if not _words(tree, f"docs/rooms/{room}.md").strip():
            report.fault(
                f"docs/rooms/{room}.md",
                0,
                f"The room {room} is not described. Write a page: what it is, owns and refuses, its tables, events "
                f"and actions.",
            )
    return report


def check_events(tree: Tree) -> Report:
    """Every event is named on its room's page."""
    report = Report("events-described", "event")
    for room in tree.rooms_of_eight_files:
        words = _words(tree, f"docs/rooms/{room}.md")
        for source in tree.of_room(room, "events"):
            for name, line in _events(source):
                report.looked_at += 1
                # Where the whole page is missing, the rule of the rooms has said so.
                if words and not re.search(rf"\b{name}\b", words):
                    report.fault(
                        source.path,
                        line,
                        f"The event {name} is not described in docs/rooms/{room}.md. Say there when it is announced, "
                        f"what it carries and who may rely on it.",
                    )
    return report


def _events(source: Source) -> list[tuple[str, int]]:
    return [
        (node.name, node.lineno)
        for node in source.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def check_settings(tree: Tree) -> Report:
    """Every COLONNADE_ variable that the package names is described."""
    report = Report("settings-described", "setting")
    words = set(SETTING.findall(_words(tree, SETTINGS_GUIDE)))
    told: set[str] = set()
    for source in tree.written:
        for name, line in _settings(source):
            report.looked_at += 1
            if name not in words and name not in told:
                told.add(name)
                report.fault(
                    source.path,
                    line,
                    f"The setting {name} is not described in {SETTINGS_GUIDE}. Say there what it does, its default "
                    f"and when one would change it.",
                )
    return report


def _settings(source: Source) -> list[tuple[str, int]]:
    """The settings that a file names: rows `Setting("HOME", ...)` of the table, and strings that hold a whole name."""
    found = []
    for node in source.nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Setting" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.append((f"COLONNADE_{first.value}", node.lineno))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += [(name, node.lineno) for name in SETTING.findall(node.value)]
    return found


def check_verbs(tree: Tree) -> Report:
    """Every verb of the colonnade command is described."""
    report = Report("verbs-described", "verb")
    words = _words(tree, VERBS_GUIDE)
    for source in tree.written:
        if source.parts[:2] != ("cli", "verbs") or not source.parts[-1].endswith("_command"):
            continue
        report.looked_at += 1
        verb = source.parts[-1].removesuffix("_command").replace("_", "-")
        if not re.search(rf"\bcolonnade {re.escape(verb)}\b", words):
            report.fault(
                source.path,
                0,
                f"The verb 'colonnade {verb}' is not described in {VERBS_GUIDE}. Say there what it does, its "
                f"arguments and an example.",
            )
    return report
