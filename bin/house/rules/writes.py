"""Rows are written only in actions, and rows that carry a scope are read only through queries.

Read from the syntax, so a receiver is judged by what it is called: `.objects` and what hangs on a queryset is one;
`.save()` without a destination is a model's; a dictionary's `.update(...)` is left alone. What slips through here
meets the database wrapper of the tests, which refuses a write outside an action.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from house.findings import Report
from house.rules.exceptions import WRITES_ELSEWHERE
from house.tree import Source, Tree

MANAGERS = {"objects", "_default_manager", "_base_manager"}
QUERYSETS = {
    "filter",
    "exclude",
    "annotate",
    "select_for_update",
    "select_related",
    "prefetch_related",
    "order_by",
    "distinct",
    "only",
    "defer",
    "using",
    "all",
    "none",
}
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
OF_QUERYSETS = {"create", "update", "delete"}
OF_ROWS = {
    "save": {"update_fields", "force_insert", "force_update", "using"},
    "delete": {"using", "keep_parents"},
}
WRITING_SQL = re.compile(
    r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|COPY)\b"
    r"|^\s*WITH\b.*\b(INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM)\b",
    re.I | re.S,
)
EXECUTES = {"execute", "executemany", "executescript", "raw"}


def check_writes(tree: Tree) -> Report:
    """Rows are written only in actions.py or actions/ of a room; core is the machinery beneath them."""
    report = Report("writes", "call")
    for source in tree.written:
        if source.file == "actions" or source.room in {"", "core", "networks", "primitives"}:
            continue
        if source.path in WRITES_ELSEWHERE:
            continue
        found = _written_by(source)
        report.looked_at += found.looked_at
        report.findings += found.findings
    return report


@cache
def _written_by(source: Source) -> Report:
    """What a file by itself says, found out once for all trees in which it reads the same."""
    report, constants = Report("writes", "call"), _constants(source.tree)
    for function in _functions(source):
        _check_function(report, source, function, constants)
    return report


def _functions(source: Source) -> list[ast.AST]:
    """Every outermost function and method, so that a local name is looked up where it is bound."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [source.tree]
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            (found if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else waiting).append(child)
    return found


def _check_function(report: Report, source: Source, scope: ast.AST, constants: dict[str, str]) -> None:
    querysets = _names_of_querysets(scope)
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        report.looked_at += 1
        written = _written(node, node.func, querysets, constants)
        if written:
            report.fault(
                source.path,
                node.lineno,
                f"{written} writes rows outside an action. Rows change only in {source.room}/actions, which checks, "
                f"changes and announces in one transaction: write an action there and call it.",
            )


def _written(
    call: ast.Call, function: ast.Attribute, querysets: set[str], constants: dict[str, str]
) -> str | None:
    """What the call writes, in words; None when it writes nothing."""
    name = function.attr
    sync = name[1:] if name.startswith("a") and name[1:] in ALWAYS | OF_QUERYSETS | OF_ROWS.keys() else name
    if sync in ALWAYS:
        return f".{name}()"
    if sync in OF_QUERYSETS and _is_queryset(function.value, querysets):
        return f".{name}() on a queryset"
    if sync == "create" and isinstance(function.value, ast.Attribute) and call.keywords and not call.args:
        return f".{name}() on a related manager"
    if sync in OF_ROWS and not call.args and {word.arg for word in call.keywords} <= OF_ROWS[sync]:
        return f".{name}() on a row"
    if name in EXECUTES and call.args and WRITING_SQL.search(_text_of(call.args[0], constants)):
        return f"SQL in .{name}()"
    return None


def _is_queryset(node: ast.expr, names: set[str]) -> bool:
    while True:
        if isinstance(node, ast.Name):
            return node.id in names
        if isinstance(node, ast.Attribute):
            if node.attr in MANAGERS:
                return True
            node = node.value
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in QUERYSETS:
                return True
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return False


def _names_of_querysets(scope: ast.AST) -> set[str]:
    return {
        target.id
        for node in ast.walk(scope)
        if isinstance(node, ast.Assign) and _is_queryset(node.value, set()) and _stays_queryset(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _stays_queryset(node: ast.expr) -> bool:
    """Whether the last step of a chain still gives a queryset: not `.first()`, `.get()` or `.values_list()[0]`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in QUERYSETS or node.func.attr in MANAGERS)
    )


def _constants(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: _text_of(node.value, {})
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text_of(node: ast.expr, constants: dict[str, str]) -> str:
    """The words of a string as far as the source shows them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text_of(part, constants) if isinstance(part, ast.Constant) else "?" for part in node.values
        )
    if isinstance(node, ast.BinOp):
        return _text_of(node.left, constants) + _text_of(node.right, constants)
    if isinstance(node, ast.Name):
        return constants.get(node.id, "")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _text_of(node.func.value, constants)
    return ""


def check_scoped(tree: Tree) -> Report:
    """A model that carries a scope is asked only by its own room's queries and, to lock and write, its actions."""
    report = Report("scoped", "use of a manager")
    homes = _scoped_models(tree)
    if not homes:
        return report
    for source in tree.written:
        for node in source.nodes:
            if not isinstance(node, ast.Attribute) or node.attr not in MANAGERS:
                continue
            report.looked_at += 1
            model = node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", "")
            home = homes.get(model)
            if home and not (source.room == home and source.file in {"queries", "actions"}):
                report.fault(
                    source.path,
                    node.lineno,
                    f"{model}.{node.attr} reads {model} past its scope, so it may show a row to somebody who may not "
                    f"see it. Only {home}/queries (viewer first) and {home}/actions ask for it: call a query.",
                )
    return report


def _scoped_models(tree: Tree) -> dict[str, str]:
    """The models with a foreign key named scope, each with the room it lives in."""
    return {
        node.name: source.room
        for source in tree.written
        if source.file == "models"
        for node in source.nodes
        if isinstance(node, ast.ClassDef) and any(_is_scope_key(statement) for statement in node.body)
    }


def _is_scope_key(statement: ast.stmt) -> bool:
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign):
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    value = getattr(statement, "value", None)
    return (
        isinstance(target, ast.Name)
        and target.id == "scope"
        and isinstance(value, ast.Call)
        and getattr(value.func, "attr", getattr(value.func, "id", "")) in {"ForeignKey", "OneToOneField"}
    )
