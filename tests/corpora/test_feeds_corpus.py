"""feedparser's own 1,510 test feeds, read by us and by feedparser, judged by one evaluator in one run."""

from __future__ import annotations

import io
import warnings
from collections import Counter
from pathlib import Path

import feedparser
import pytest

from colonnade.networks.feeds.connector import FeedConnector
from colonnade.networks.feeds.parse import feed_headers, parse
from colonnade.networks.feeds.parsed import Feed, NotAFeed
from tests.corpora.feed_expectations import Case, fields_of, holds, load, names_of

ROOT = Path(__file__).resolve().parents[2] / "../shared/data/feeds/train"
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not ROOT.is_dir(), reason="../shared/data/feeds/train is not here"),
]


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [load(path, ROOT) for path in sorted(ROOT.rglob("*")) if path.is_file()]


def test_every_case_of_the_corpus_is_there(cases: list[Case]) -> None:
    assert len(cases) == 1510


def test_no_case_makes_the_connector_raise_or_lets_text_through_that_cannot_be_stored(cases: list[Case]) -> None:
    for case in cases:
        connector = FeedConnector(case.url, {}, None)  # type: ignore[arg-type]  # reading needs no network
        for thing in connector.read(case.body):
            repr(thing).encode()


def test_we_keep_every_field_at_least_as_well_as_feedparser(
    cases: list[Case], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    theirs: Counter[str] = Counter()
    lost: list[str] = []
    for case in cases:
        fields = fields_of(case.expect) if case.expect else set()
        if not fields or "-" in fields:
            continue
        mine = holds(case.expect, names_of(_ours(case)))
        peer = holds(case.expect, _theirs(case))
        for field in fields:
            asked[field] += 1
            ours[field] += mine
            theirs[field] += peer
        if peer and not mine:
            lost.append(f"{case.name}: {case.expect}")
    with capsys.disabled():
        print("\nfield              cases   ours  feedparser")
        for field, count in sorted(asked.items()):
            print(f"{field:<18} {count:>5}  {ours[field]:>5}  {theirs[field]:>10}")
        print(f"{'all kept fields':<18} {asked.total():>5}  {ours.total():>5}  {theirs.total():>10}")
    assert asked.total() > 1000
    assert {field: (ours[field], theirs[field]) for field in asked if ours[field] < theirs[field]} == {}, lost


def _ours(case: Case) -> Feed:
    try:
        return parse(case.body, case.url, case.headers)
    except NotAFeed:
        return Feed(parser="none", sound=False)


def _theirs(case: Case) -> dict[str, object]:
    headers = feed_headers(case.url, case.headers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = feedparser.parse(io.BytesIO(case.body), response_headers=headers)
    return dict(found)
