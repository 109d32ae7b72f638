"""The checkout as the rules see it: its files, each parsed once, and the storeys of the house."""

from __future__ import annotations

import ast
import configparser
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

PACKAGE = "colonnade"
ROOMS_OF_EIGHT_FILES = "importlinter:contract:inside-a-room"


@dataclass(frozen=True)
class Source:
    """One Python file of the package."""

    path: str
    text: str
    tree: ast.Module

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The path below the package without suffix: ("people", "actions", "merge")."""
        return Path(self.path).with_suffix("").parts[1:]

    @property
    def room(self) -> str:
        """The room the file belongs to; "" for the package's own __init__."""
        return self.parts[0] if len(self.parts) > 1 else ""

    @property
    def file(self) -> str:
        """Which of the eight files it is, or is a part of: "actions" for actions.py and actions/receive.py."""
        return self.parts[1] if len(self.parts) > 1 else self.parts[0]

    @property
    def is_migration(self) -> bool:
        """Whether Django wrote it."""
        return "migrations" in self.parts[:-1]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the syntax tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def imports(self) -> list[tuple[str, int]]:
        """Every module imported, dotted and absolute, with its line; `from a import b` gives `a` and `a.b`."""
        return list(_imports(self))


def _imports(source: Source) -> Iterator[tuple[str, int]]:
    for node in source.nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(source, node)
            yield module, node.lineno
            for name in node.names:
                yield f"{module}.{name.name}", node.lineno


def _absolute(source: Source, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = (PACKAGE, *source.parts[:-1])
    base = package[: len(package) - node.level + 1]
    return ".".join((*base, node.module) if node.module else base)


@cache
def _source(path: str, text: str) -> Source | None:
    """The file, parsed once for all trees in which it reads the same; None for one that does not parse."""
    try:
        return Source(path, text, ast.parse(text))
    except SyntaxError:
        return None


@dataclass(frozen=True)
class Tree:
    """A checkout at `root`."""

    root: Path

    @cached_property
    def sources(self) -> list[Source]:
        """The package's Python files, migrations included. A file that does not parse is left to ruff and mypy."""
        read = (
            _source(path.relative_to(self.root).as_posix(), path.read_text(encoding="utf-8"))
            for path in sorted((self.root / PACKAGE).rglob("*.py"))
        )
        return [source for source in read if source is not None]

    @cached_property
    def written(self) -> list[Source]:
        """The package's Python files that people write: all but migrations."""
        return [source for source in self.sources if not source.is_migration]

    def of_room(self, room: str, file: str) -> list[Source]:
        """The sources that make up one of a room's eight files."""
        return [source for source in self.written if source.room == room and source.file == file]

    def files(self, folder: str, *suffixes: str) -> list[Path]:
        """Files below a folder of the checkout with one of the suffixes, caches and hidden folders left out."""
        return [
            path
            for path in sorted((self.root / folder).rglob("*"))
            if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts
        ]

    def relative(self, path: Path) -> str:
        """The path as messages name it."""
        return path.relative_to(self.root).as_posix()

    def environment(self, home: str = "") -> dict[str, str]:
        """The environment of a process that looks at this checkout and at nobody's data: `home` is a folder to use."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COLONNADE_")}
        return {
            **kept,
            "PYTHONPATH": f"{self.root}{os.pathsep}{self.root / 'bin'}",
            "DJANGO_SETTINGS_MODULE": "colonnade.config.settings",
            "COLONNADE_HOME": home or "/nonexistent",
        }

    @cached_property
    def _contracts(self) -> configparser.ConfigParser:
        parser = configparser.ConfigParser()
        parser.read(self.root / ".importlinter", encoding="utf-8")
        return parser

    @cached_property
    def storeys(self) -> list[list[str]]:
        """The storeys bottom first, each with the rooms that stand side by side on it, from .importlinter."""
        lines = self._contracts["importlinter:contract:rooms"]["layers"].split("\n")
        return [[room.strip() for room in line.split("|")] for line in reversed(lines) if line.strip()]

    @cached_property
    def storey_of(self) -> dict[str, int]:
        """The number of each room's storey, the lowest 0."""
        return {room: number for number, rooms in enumerate(self.storeys) for room in rooms}

    @cached_property
    def rooms(self) -> list[str]:
        """Every room, bottom first."""
        return [room for rooms in self.storeys for room in rooms]

    @cached_property
    def rooms_of_eight_files(self) -> list[str]:
        """The rooms that follow the grammar of the eight files."""
        lines = self._contracts[ROOMS_OF_EIGHT_FILES]["containers"].split()
        return [line.rpartition(".")[2] for line in lines]
