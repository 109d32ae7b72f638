"""The longest real stored queries to be had: 126 of professional searchers, translated; each is read, or refused with reason."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest

from colonnade.listening.language.checking import MOST_TERMS
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.showing import one_line
from colonnade.listening.language.tree import leaves
from tests.corpora.ovid import translated

QUERIES = Path(__file__).resolve().parents[2] / "../shared/data/boolean_queries/clef_tar.jsonl"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(
        not QUERIES.is_file(), reason="needs ../shared/data/boolean_queries beside the checkout"
    ),
]


def refusal(query: str, lists: dict[str, str]) -> QueryError | None:
    """Why a query is refused; None where it is read, and where what is shown of it reads as the same."""
    try:
        tree = parse(query, lists)
    except QueryError as error:
        return error
    assert parse(one_line(tree), lists) == tree
    assert sum(1 for _ in leaves(tree)) <= MOST_TERMS
    return None


def test_each_query_is_read_or_refused_with_a_place_and_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    outcomes: Counter[str] = Counter()
    longest = 0.0
    parse("warm OR up")
    for line in QUERIES.read_text("utf-8").splitlines():
        query, lists = translated(json.loads(line)["query"])
        started = time.perf_counter()
        error = refusal(query, lists)
        longest = max(longest, time.perf_counter() - started)
        outcomes[re.sub(".*”: |“[^”]*” ?", "", error.sentence)[:70] if error else "read"] += 1
        if error:
            assert 0 <= error.at[0] < error.at[1] <= len(query)
            assert error.sentence.endswith(".")
            assert "^" in error.caret()
    with capsys.disabled():
        print(
            f"\n{outcomes['read']} of {outcomes.total()} read; the longest, read twice, {longest * 1000:.0f} ms"
        )
        print("\n".join(f"  {count:3} {why}" for why, count in outcomes.most_common()))
    assert outcomes.total() == 126
    assert outcomes["read"] >= 85


def test_each_line_that_stands_alone_is_read_or_refused_with_a_place() -> None:
    read, refused = 0, 0
    for line in QUERIES.read_text("utf-8").splitlines():
        _, lists = translated(json.loads(line)["query"])
        for text in lists.values():
            if "list:" in text:
                continue
            error = refusal(text, {})
            if error:
                assert error.query[slice(*error.at)] or not text.strip()
            read, refused = read + (error is None), refused + (error is not None)
    assert read > 20 * refused, (read, refused)
