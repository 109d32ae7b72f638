"""Imports the modules named on the command line in a process where Django is refused; prints who asked for it.

Prints JSON: a list of {"path", "line", "by", "why"}; `why` is "django" or the error of an import that failed by itself.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType


class DjangoAsked(ImportError):
    """Somebody imported Django."""


class Refusal:
    """Stands first among the finders and raises when Django is asked for."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] == "django":
            raise DjangoAsked(name)
        return None


def main(modules: list[str]) -> list[dict[str, str | int]]:
    """Import each module; what went wrong, with the place to blame."""
    sys.meta_path.insert(0, Refusal())
    found: list[dict[str, str | int]] = []
    for module in modules:
        try:
            import_module(module)
        except Exception as error:  # whatever a module does when it is imported is told, not raised
            path, line, by = _blamed(error)
            why = "django" if isinstance(error, DjangoAsked) else f"{type(error).__name__}: {error}"
            found.append({"path": path or module.replace(".", "/"), "line": line, "by": by, "why": why})
    return found


def _blamed(error: BaseException) -> tuple[str, int, str]:
    """The last line in colonnade/networks or colonnade/primitives on the way to the error, and what it imported."""
    here = Path.cwd()
    blamed = ("", 0, "")
    for frame in traceback.extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(here / "colonnade" / "networks") or path.is_relative_to(
            here / "colonnade" / "primitives"
        ):
            words = (frame.line or "").split()
            by = words[1] if len(words) > 1 and words[0] in {"import", "from"} else "something"
            blamed = (path.relative_to(here).as_posix(), frame.lineno or 0, by)
    return blamed


if __name__ == "__main__":
    json.dump(main(sys.argv[1:]), sys.stdout)
