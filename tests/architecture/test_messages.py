"""Every word on our screens has its German one, with the same places for names and numbers in it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Message

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "bin"))

from house import messages  # noqa: E402

pytestmark = pytest.mark.corpora

PLACES = re.compile(r"%\(\w+\)[a-z]|%%|%[sd]|</?[a-z]+")
MEND = "Run: PYTHONPATH=bin .venv/bin/python -m house.messages, and translate what it says is missing."


def _pairs(message: Message) -> list[tuple[str, str]]:
    """A message beside its translation, in each of its numbers."""
    if isinstance(message.id, list | tuple):
        return list(zip(message.id, message.string, strict=True))
    return [(str(message.id), str(message.string))]


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_message_of_the_code_is_translated(language: str) -> None:
    kept = messages.read(language)
    assert {(m.context, m.id) for m in messages.words()} == {(m.context, m.id) for m in kept}, MEND
    left = [message.id for message in kept if message.id and not all(_translated(message))]
    assert left == [], MEND


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_a_translation_keeps_the_places_for_names_and_numbers(language: str) -> None:
    wrong = []
    for message in messages.read(language):
        for said, translated in _pairs(message) if message.id else []:
            # One of several numbers may leave out the number itself ("one day").
            missing = set(PLACES.findall(translated)) - set(PLACES.findall(said))
            lost = set(PLACES.findall(said)) - set(PLACES.findall(translated))
            if missing or (lost and not message.pluralizable):
                wrong.append((said, translated))
    assert wrong == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_what_django_reads_is_what_people_translated(language: str) -> None:
    path = messages.catalogue_of(language).with_suffix(".mo")
    assert path.read_bytes() == messages.compiled(messages.read(language)), MEND


def _translated(message: Message) -> list[bool]:
    return [bool(translated) for _, translated in _pairs(message)]
