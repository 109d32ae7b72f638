"""Fifty-nine lists of real feeds, several of them not well-formed: every feed in them is found."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from colonnade.networks.feeds.opml import read, write

ROOT = Path(__file__).resolve().parents[2] / "../shared/data/opml"
pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not ROOT.is_dir(), reason="../shared/data/opml is not here"),
]
_ADDRESS = re.compile(rb'\sxmlUrl\s*=\s*"([^"]*)"', re.IGNORECASE)


def _files() -> list[Path]:
    return sorted((ROOT / "files").rglob("*.opml"))


def test_every_feed_of_every_file_is_found() -> None:
    files = _files()
    assert len(files) == 59
    mended = 0
    for path in files:
        body = path.read_bytes()
        found = read(body)
        named = {address.decode().replace("&amp;", "&") for address in _ADDRESS.findall(body)}
        assert {outline.feed_url for outline in found.outlines} == named, path.name
        assert all(outline.title for outline in found.outlines), path.name
        mended += bool(found.problems)
    assert mended > 20


def test_every_file_survives_being_written_and_read() -> None:
    for path in _files():
        found = read(path.read_bytes())
        assert read(write(found.outlines, found.title)).outlines == found.outlines, path.name


def test_the_flat_list_beside_them_names_no_feed_that_we_miss() -> None:
    found = {outline.feed_url for path in _files() for outline in read(path.read_bytes()).outlines}
    with (ROOT / "feeds.csv").open(encoding="utf-8") as file:
        listed = {cell for row in csv.reader(file) for cell in row if cell.startswith("http")}
    assert len(listed & found) > 300
