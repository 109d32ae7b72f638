from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.primitives.json import BadJson, depth, loads

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

SUITE = Path(__file__).resolve().parents[2] / "../shared/data/json_suite/test_parsing"

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def nesting(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(nesting, value), default=0) if isinstance(value, list) else 0


@given(values, st.booleans())
def test_what_is_written_is_read(value: object, ascii_only: bool) -> None:
    try:
        data = json.dumps(value, ensure_ascii=ascii_only).encode()
    except UnicodeEncodeError:
        return
    assert loads(data) == json.loads(data.decode())
    assert depth(data) == nesting(value)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"a":', b'["\\"[",'])
def test_nesting_of_a_hundred_thousand_is_refused_without_recursion(opening: bytes) -> None:
    with pytest.raises(BadJson, match="deeper than 64"):
        loads(opening * 100_000)


def test_brackets_inside_strings_are_no_nesting() -> None:
    assert loads(json.dumps(["[" * 100_000, '"{\\' * 1000]).encode()) == ["[" * 100_000, '"{\\' * 1000]


def test_the_depth_allowed_is_exact() -> None:
    assert loads(b"[" * 64 + b"]" * 64)
    with pytest.raises(BadJson):
        loads(b"[" * 65 + b"]" * 65)


def test_too_many_bytes_are_refused_with_their_number() -> None:
    with pytest.raises(BadJson, match="11 bytes; at most 10"):
        loads(b'"123456789"', max_bytes=10)


def test_half_a_surrogate_pair_costs_one_letter_and_not_the_message() -> None:
    assert loads(rb'["a\ud83d", "\ud83d\ude00", "\udc00b", "\\ud800"]') == [
        "a\ufffd",
        "😀",
        "\ufffdb",
        r"\ud800",
    ]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert loads(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'"\xff"', "not UTF-8"),
        (b"NaN", "not JSON"),
        (b"1e999", "out of range"),
        (b"1" * 100_000, "out of range"),
        (b'["unclosed', "not JSON"),
        (b'["\\', "not JSON"),
    ],
)
def test_what_is_no_json_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(BadJson, match=reason):
        loads(data)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_reason(data: bytes) -> None:
    with suppress(BadJson):
        loads(data)


@pytest.mark.corpora
def test_the_parsing_suite_is_read_and_refused_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(SUITE.glob("*.json")) if SUITE.is_dir() else []
    if not files:
        pytest.skip("needs ../shared/data/json_suite beside the checkout")
    wrong = []
    for file in files:
        try:
            loads(file.read_bytes())
            read = True
        except BadJson:
            read = False
        if (file.name[0], read) in {("y", False), ("n", True)}:
            wrong.append(file.name)
    with capsys.disabled():
        print(f"\nJSON parsing suite: {len(files) - len(wrong)}/{len(files)} as it says", end="")
    assert wrong == []
