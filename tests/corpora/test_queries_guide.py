"""Every query of the guide is read, and finds what the guide says it finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading
from colonnade.listening.language.showing import one_line

GUIDE = (Path(__file__).resolve().parents[2] / "docs/guides/queries.md").read_text("utf-8")
LISTS = {"crossings": "bridge OR ferry", "jobs": '"we are hiring"'}

pytestmark = pytest.mark.corpora


def rows() -> list[list[str]]:
    """The rows of all tables, without their heads."""
    lines = [line for line in GUIDE.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("row", [row for row in rows() if len(row) == 4], ids=lambda row: str(row[0]))
def test_an_operator_finds_its_example_and_not_the_other(row: list[str]) -> None:
    tree = parse(row[0].strip("`"), LISTS)
    assert holds(tree, Reading(Heard(row[2])))
    assert not holds(tree, Reading(Heard(row[3])))


def test_every_field_of_the_guide_is_read() -> None:
    fields = [row for row in rows() if len(row) == 2]
    assert len(fields) >= 17
    queries = [
        query
        for row in fields
        for query in re.findall(r"`([^`]+)`", " ".join(row))
        if re.match(r"[a-z]+:", query)
    ]
    for query in queries:
        assert one_line(parse(query))


def test_what_the_guide_says_about_words_and_mistakes_is_so() -> None:
    assert one_line(parse("a OR b c")) == "(a OR (b AND c))"
    for query in (
        "bridge -lang:de -is:boost",
        "lang:(en OR de) bridge",
        "list:crossings closed",
        "bridge -list:jobs",
    ):
        assert f"`{query}`" in GUIDE
        parse(query, LISTS)
    for query, text in (
        ("STRASSE", "Straße"),
        ("ＡＢＣ", "abc"),
        ("東京", "東京都"),
        ("well-known", "well known"),
    ):
        assert holds(parse(query), Reading(Heard(text)))
    assert not holds(parse('"a b" NEAR/5 "b c"'), Reading(Heard("a b c")))
    assert not holds(parse("likes:<5"), Reading(Heard("")))
    for query in ("-dental", "bridge OR NOT ferry", "from:list:staff"):
        with pytest.raises(QueryError):
            parse(query, LISTS)
    with pytest.raises(QueryError) as found:
        parse("bridge AND OR ferry")
    shown = "".join(f"    {line}\n" for line in (*found.value.caret().splitlines(), str(found.value)))
    assert shown in GUIDE
