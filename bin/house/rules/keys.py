"""Foreign keys point to the same storey or lower, asked of Django's own registry."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from typing import Any

from house.findings import Report
from house.rules.exceptions import PLAIN_IDS
from house.tree import Tree

THIRD_PARTIES_STAND_AT = "people"


def check(tree: Tree) -> Report:
    """Every relation of every model, generic ones and bare numbers that stand for one."""
    report = Report("keys", "relation")
    facts = _facts(tree)
    if "broken" in facts:
        report.looked_at += 1
        report.fault(
            "colonnade/config/settings.py",
            0,
            f"Django does not start, so its models cannot be looked at: {facts['broken']}",
        )
        return report
    for fact in facts["relations"]:
        report.looked_at += 1
        message = _relation_fault(tree, fact)
        if message:
            report.fault(*_place(tree, fact), message)
    for fact in facts["generic"]:
        report.fault(
            *_place(tree, fact),
            f"{fact['model']}.{fact['field']} is a generic key, which no database can hold to and no storey can "
            f"order. Use one nullable ForeignKey a kind, or announce an event.",
        )
    for fact in facts["numbers"]:
        if f"{fact['room']}.{fact['model']}.{fact['field']}" not in PLAIN_IDS:
            report.fault(
                *_place(tree, fact),
                f"{fact['model']}.{fact['field']} is a bare number that stands for a row. Make it a ForeignKey "
                f"(downwards), so that the database holds to it.",
            )
    return report


def _facts(tree: Tree) -> dict[str, Any]:
    """What the registry says, asked in a process of its own; {"broken": why} when Django does not start."""
    with tempfile.TemporaryDirectory(prefix="colonnade-check-") as home:
        asked = subprocess.run(
            [sys.executable, "-m", "house.registry"],
            cwd=tree.root,
            env=tree.environment(home),
            capture_output=True,
            text=True,
            check=False,
        )
    if asked.returncode:
        return {
            "broken": asked.stderr.strip().splitlines()[-1] if asked.stderr.strip() else "no reason given"
        }
    facts: dict[str, Any] = json.loads(asked.stdout)
    return facts


def _relation_fault(tree: Tree, fact: dict[str, str]) -> str | None:
    room, to = fact["room"], fact["to_room"]
    from_storey = tree.storey_of.get(room, tree.storey_of[THIRD_PARTIES_STAND_AT])
    to_storey = tree.storey_of.get(to, tree.storey_of[THIRD_PARTIES_STAND_AT])
    name = f"{fact['model']}.{fact['field']}"
    if to_storey > from_storey:
        return (
            f"{name} is a key from {room} up to {fact['to']} of {to or 'a third party'}. Keys point to the same "
            f"storey or lower: turn it round, so that the row above holds the key to the row below."
        )
    if to_storey == from_storey and room in tree.storey_of and to in tree.storey_of and room != to:
        return (
            f"{name} is a key sideways, from {room} to {fact['to']} of {to}. Rooms side by side know nothing of each "
            f"other: put the key into a table above both."
        )
    return None


def _place(tree: Tree, fact: dict[str, str]) -> tuple[str, int]:
    """The line in the room's models where the field is written."""
    for source in tree.of_room(fact["room"], "models"):
        for node in source.nodes:
            if isinstance(node, ast.ClassDef) and node.name == fact["model"]:
                return source.path, _line_of(node, fact["field"])
    return f"colonnade/{fact['room']}" if fact["room"] else "colonnade/config/settings.py", 0


def _line_of(model: ast.ClassDef, field: str) -> int:
    for statement in model.body:
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        if any(isinstance(target, ast.Name) and target.id == field for target in targets):
            return statement.lineno
    return model.lineno
