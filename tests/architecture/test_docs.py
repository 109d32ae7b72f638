"""The documents keep up with the house: each room has its page and its place in the picture, and links lead somewhere."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.S)

pytestmark = pytest.mark.corpora


def _rooms() -> list[str]:
    contracts = configparser.ConfigParser()
    contracts.read(CHECKOUT / ".importlinter", encoding="utf-8")
    return re.findall(r"\w+", contracts["importlinter:contract:rooms"]["layers"])


def _documents() -> list[Path]:
    return [*sorted(CHECKOUT.glob("*.md")), *sorted((CHECKOUT / "docs").rglob("*.md"))]


def _anchors(document: Path) -> set[str]:
    """The names by which headings of a document are linked to, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", document.read_text("utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("room", _rooms())
def test_every_room_has_a_page(room: str) -> None:
    text = (CHECKOUT / "docs" / "rooms" / f"{room}.md").read_text("utf-8")
    assert text.startswith(f"# {room}")
    assert len(text.split()) >= 40


def test_every_folder_of_the_package_is_a_room() -> None:
    folders = {path.parent.name for path in (CHECKOUT / "colonnade").glob("*/__init__.py")}
    assert folders == set(_rooms())


@pytest.mark.parametrize("room", _rooms())
def test_every_room_says_in_a_paragraph_what_it_is(room: str) -> None:
    first = (CHECKOUT / "colonnade" / room / "__init__.py").read_text("utf-8")
    assert first.startswith('"""')
    assert len(first.split()) >= 10


def test_the_picture_of_the_architecture_names_every_room() -> None:
    picture = (CHECKOUT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
    assert [room for room in _rooms() if not re.search(rf"\b{room}/", picture)] == []


@pytest.mark.parametrize("document", _documents(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_lead_somewhere(document: Path) -> None:
    text = CODE.sub("", document.read_text("utf-8"))
    lost = []
    for target in LINK.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        path, _, anchor = target.partition("#")
        aimed = (document.parent / path) if path else document
        if not aimed.exists() or (anchor and aimed.suffix == ".md" and anchor not in _anchors(aimed)):
            lost.append(target)
    assert lost == []
