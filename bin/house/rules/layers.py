"""Layers, by import-linter: call down, announce up, never sideways, between rooms and inside each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grimp
from importlinter import api
from importlinter.contracts.layers import LayersContract

from house.findings import Report
from house.tree import PACKAGE, Tree

GRAMMAR = "work, subscribers > actions > queries > rules > models > events, types"


def check_rooms(tree: Tree) -> Report:
    """Rooms import only rooms on lower storeys, and every folder of the package is a room with a storey."""
    report, outcome, graph = _checked(tree, "rooms", "A room imports only rooms below it")
    for importer, imported, chain in _broken(outcome):
        low, high = importer.split(".")[1], imported.split(".")[1]
        path, line = _place_of(tree, graph, chain)
        report.fault(path, line, _rooms_message(tree, low, high, chain))
    for module in sorted(outcome["undeclared_modules"]):
        report.fault(
            _path_of(tree, module),
            0,
            f"'{module.rpartition('.')[2]}' is no room of the house: every folder of {PACKAGE}/ has a storey. "
            f"Put the code into the room that owns its noun; a new room is a decision (docs/decisions/) and a "
            f"line in .importlinter.",
        )
    return report


def check_inside(tree: Tree) -> Report:
    """The eight files of a room import only downwards, and a room holds nothing that is not named."""
    report, outcome, graph = _checked(tree, "inside-a-room", "Inside a room: ")
    for importer, imported, chain in _broken(outcome):
        path, line = _place_of(tree, graph, chain)
        room = importer.split(".")[1]
        report.fault(
            path,
            line,
            f"In {room}, {importer.rpartition('.')[2]} imports {imported.rpartition('.')[2]}{_way(chain)}, which "
            f"stands above it. The order is {GRAMMAR}. Move what is needed down, pass it in as an argument, or "
            f"announce an event and react in subscribers.",
        )
    for module in sorted(outcome["undeclared_modules"]):
        report.fault(
            _path_of(tree, module),
            0,
            f"A room has the eight files ({GRAMMAR}), apps and migrations; '{module.rpartition('.')[2]}' is none "
            f"of them. Put it into the file whose grammar it follows, or, if it is an engine, name it for the "
            f"thing it is and list it in .importlinter under exhaustive_ignores.",
        )
    return report


def _checked(tree: Tree, rule: str, name: str) -> tuple[Report, dict[str, Any], grimp.ImportGraph]:
    report = Report(rule, "import")
    try:
        graph = grimp.build_graph(PACKAGE, cache_dir=None)
    except grimp.exceptions.SourceSyntaxError as error:
        report.looked_at += 1
        report.fault(
            Path(error.filename).relative_to(tree.root).as_posix(),
            error.lineno or 0,
            "This is not valid Python.",
        )
        return report, {"invalid_dependencies": [], "undeclared_modules": set()}, grimp.ImportGraph()
    configuration = api.read_configuration(str(tree.root / ".importlinter"))
    (options,) = [one for one in configuration["contracts_options"] if one["name"].startswith(name)]
    session: dict[str, Any] = {**configuration["session_options"], "root_packages": [PACKAGE]}
    outcome = LayersContract(options["name"], session, options).check(graph, verbose=False)
    report.looked_at = graph.count_imports()
    return report, outcome.metadata, graph


def _broken(outcome: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Each forbidden way as (importing layer, imported layer, links); a way has one link when it is direct."""
    ways = []
    for dependency in outcome["invalid_dependencies"]:
        for route in dependency["routes"]:
            first, *rest = route["chain"]
            firsts = [first, *route["extra_firsts"]]
            ways += [(dependency["importer"], dependency["imported"], [one, *rest]) for one in firsts]
    return ways


def _rooms_message(tree: Tree, low: str, high: str, chain: list[dict[str, Any]]) -> str:
    if high == "config":
        return (
            f"{low} imports config{_way(chain)}; config switches everything on and is imported by nobody. Read "
            f"django.conf.settings, or have the value passed in."
        )
    if tree.storey_of.get(low) == tree.storey_of.get(high):
        where = "stands beside it: never sideways"
    else:
        where = "stands above it: call down, announce up"
    return (
        f"{low} imports {high}{_way(chain)}, which {where}. Announce a fact in {low}/events.py and let {high} react "
        f"in its subscribers.py; or, where {high} must bind {low}, let it register a policy object with {low}."
    )


def _way(chain: list[dict[str, Any]]) -> str:
    if len(chain) == 1:
        return ""
    return f" (by way of {' > '.join(link['imported'] for link in chain[:-1])})"


def _place_of(tree: Tree, graph: grimp.ImportGraph, chain: list[dict[str, Any]]) -> tuple[str, int]:
    first = chain[0]
    lines = [line for line in first["line_numbers"] if line]
    return _path_of(tree, first["importer"]), min(lines, default=0)


def _path_of(tree: Tree, module: str) -> str:
    path = Path(*module.split("."))
    return (path if (tree.root / path).is_dir() else path.with_suffix(".py")).as_posix()
