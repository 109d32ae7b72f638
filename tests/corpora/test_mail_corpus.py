"""Every message of the recorded mail corpora is read without a crash; what is cut off answers is what people wrote."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from colonnade.networks.base import Post, Unreadable
from colonnade.networks.mail.quotes import without_quote
from colonnade.networks.mail.read import read_message

CORPUS = Path(__file__).resolve().parents[2] / "../shared/data/email"

pytestmark = [
    pytest.mark.corpora,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="needs ../shared/data/email beside the checkout"),
]

# What else lies in the folders: pictures and sounds, HTML alone, text without headers.
_MESSAGES = {"cpython": 40, "mikel_mail": 101, "talon": 14}


def test_every_file_is_read_without_a_crash_and_nearly_every_message_is_a_post() -> None:
    read: Counter[tuple[str, str]] = Counter()
    for path in sorted(each for each in CORPUS.rglob("*") if each.is_file()):
        (thing,) = read_message(path.read_bytes())
        assert isinstance(thing, Post | Unreadable)
        if isinstance(thing, Unreadable):
            assert "could not be understood" not in thing.reason, (path, thing.reason)
        else:
            thing.text.encode()
            assert thing.uri.startswith("mid:")
            assert thing.author.address
        read[path.relative_to(CORPUS).parts[0], type(thing).__name__] += 1
    for (folder, kind), count in sorted(read.items()):
        print(f"{folder}: {count} {kind}")
    print(f"all: {sum(read.values())} files")
    for folder, least in _MESSAGES.items():
        assert read[folder, "Post"] >= least


def test_messages_labelled_eml_name_their_sender() -> None:
    unread = []
    for path in CORPUS.rglob("*.eml"):
        (thing,) = read_message(path.read_bytes())
        if isinstance(thing, Unreadable):
            unread.append(path.name)
    print(f"eml files without a sender that can be told: {sorted(unread)}")
    assert len(unread) <= 2


def test_the_reply_is_told_from_what_it_answers_in_most_mail_programs() -> None:
    right = []
    folder = CORPUS / "talon/standard_replies"
    messages = sorted(folder.glob("*.eml"))
    for path in messages:
        (post,) = read_message(path.read_bytes())
        assert isinstance(post, Post)
        expected = path.with_name(f"{path.stem}_reply_text")
        new = expected.read_text().strip() if expected.exists() else "Hello"
        if without_quote(post.text).strip() == new:
            right.append(path.stem)
    print(f"replies told right: {len(right)} of {len(messages)}; not: ", end="")
    print(", ".join(path.stem for path in messages if path.stem not in right))
    assert len(right) >= 10


def test_nothing_but_the_tail_is_ever_cut() -> None:
    cut = 0
    paths = sorted((CORPUS / "zapier/emails").glob("*.txt"))
    for path in paths:
        text = path.read_text(encoding="utf-8", errors="replace")
        new = without_quote(text)
        assert text.startswith(new.rstrip())
        assert new.strip()
        cut += new != text
    print(f"texts with a tail cut off: {cut} of {len(paths)}")
