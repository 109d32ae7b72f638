"""Whatever the program writes into the audit log has a sentence: the verbs are read out of the program itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import colonnade
from colonnade.web.verbs import VERBS

pytestmark = pytest.mark.corpora
ROOT = Path(colonnade.__file__).parent


Place = tuple[Path, ast.FunctionDef]


@cache
def texts() -> dict[Path, str]:
    paths = (path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
    return {path: path.read_text() for path in sorted(paths)}


@cache
def functions(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(ast.parse(texts()[path])) if isinstance(node, ast.FunctionDef)]


def calls(words: str) -> Iterator[tuple[Place, ast.Call]]:
    """Every call whose function is written so, or ends so: within which function it stands."""
    for path, text in texts().items():
        if words + "(" not in text:
            continue
        for function in functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(words):
                    yield (path, function), node


def callers(there: Place) -> Iterator[tuple[Place, ast.Call]]:
    """Who calls a function: by its name in its own file, elsewhere through its file or its room."""
    path, function = there
    for (where, within), call in calls(function.name):
        said = ast.unparse(call.func)
        ways = {f"{path.stem}.{function.name}", f"{path.relative_to(ROOT).parts[0]}.{function.name}"}
        if said in ways or (said == function.name and where == path):
            yield (where, within), call


def values(there: Place, word: ast.expr) -> set[str]:
    """All that an expression inside a function may be."""
    if isinstance(word, ast.Constant):
        return {str(word.value)}
    if isinstance(word, ast.IfExp):
        return values(there, word.body) | values(there, word.orelse)
    if isinstance(word, ast.JoinedStr):
        found = {""}
        for part in word.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            found = {before + after for before in found for after in values(there, inner)}
        return found
    assert isinstance(word, ast.Name), f"{ast.unparse(word)} in {there[1].name} is not understood"
    return of_name(there, word.id)


def of_name(there: Place, name: str) -> set[str]:
    function = there[1]
    given = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(to, ast.Name) and to.id == name for to in node.targets)
    ]
    if given:
        return set().union(*(values(there, one) for one in given))
    at = [one.arg for one in function.args.args].index(name)
    found: set[str] = set()
    for within, call in callers(there):
        said = next((one.value for one in call.keywords if one.arg == name), None)
        if said is None and at < len(call.args):
            said = call.args[at]
        if said is not None:
            found |= values(within, said)
    assert found, f"nobody says {name} to {function.name}"
    return found


@cache
def recorded() -> dict[str, str]:
    """Every verb that the program records, with the function that does."""
    return {
        verb: there[1].name for there, call in calls("audit.record") for verb in values(there, call.args[0])
    }


def test_every_verb_that_the_program_records_has_a_name_and_a_sentence() -> None:
    assert len(recorded()) > 60
    missing = {verb: where for verb, where in recorded().items() if verb not in VERBS}
    assert not missing, f"Say these in colonnade/web/verbs: {missing}"
    assert all("" in verb.sentences for verb in VERBS.values())


def test_no_sentence_is_kept_for_a_verb_that_nobody_records() -> None:
    assert set(VERBS) - set(recorded()) == set()
