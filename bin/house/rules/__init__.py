"""The rules of the house. The more particular a rule, the earlier it stands: of two faults at a line the first is told."""

from __future__ import annotations

from collections.abc import Callable

from house.findings import Report
from house.rules import (
    asking,
    documents,
    imports,
    keys,
    layers,
    length,
    locks,
    names,
    plain,
    templates,
    writes,
)
from house.tree import Tree

Rule = Callable[[Tree], Report]

RULES: tuple[Rule, ...] = (
    names.check,
    plain.check,
    layers.check_rooms,
    layers.check_inside,
    imports.check_http_clients,
    imports.check_doors,
    imports.check_clock,
    imports.check_prints,
    imports.check_dependencies,
    writes.check_scoped,
    writes.check_writes,
    keys.check,
    templates.check_markup,
    templates.check_assets,
    templates.check_safe_marks,
    asking.check,
    documents.check_rooms,
    documents.check_events,
    documents.check_settings,
    documents.check_verbs,
    length.check,
    locks.check,
)

# Those that ask a process of their own, and those that read imports as Python would find them.
ASKING: frozenset[Rule] = frozenset({plain.check, keys.check})
FINDING_THE_PACKAGE: frozenset[Rule] = ASKING | {layers.check_rooms, layers.check_inside}
