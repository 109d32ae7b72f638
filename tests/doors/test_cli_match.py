"""`colonnade match` as a pipe: no home folder, no database."""

from __future__ import annotations

import json
import select
import sys
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen
from typing import Any

import pytest

from tests.doors.commands import MAIN, colonnade, environment, refused

pytestmark = pytest.mark.corpora

QUERIES = [
    {"id": 10, "query": "bridge OR ferry"},
    {"id": 2, "query": '"old bridge"'},
    {"id": 3, "query": "bridge -dental"},
]
POSTS = [
    {"id": "b", "text": "The old bridge is closed", "lang": "en"},
    {"id": "a", "text": "Bridge work at the dentist: dental"},
    {"id": "c", "text": "Nothing of note"},
    {"id": "d", "text": "ferry", "title": "From the bridge", "tags": None},
]


def match(
    folder: Path,
    queries: list[Any],
    posts: list[Any],
    *arguments: str,
    by_pipe: bool = False,
    check: bool = True,
) -> CompletedProcess[str]:
    """Run the verb on these lines; what is a string is a line as it stands."""
    written = {}
    for name, lines in (("queries", queries), ("posts", posts)):
        written[name] = "".join(
            (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n" for line in lines
        )
        (folder / f"{name}.jsonl").write_text(written[name], encoding="utf-8")
    files = [str(folder / "queries.jsonl"), "-" if by_pipe else str(folder / "posts.jsonl")]
    return colonnade(
        environment(folder / "home"),
        "match",
        *files,
        *arguments,
        stdin=written["posts"] if by_pipe else "",
        check=check,
    )


def test_matches_are_written_by_post_and_then_by_query_from_a_file_and_from_standard_input(
    tmp_path: Path,
) -> None:
    expected = "b\t2\nb\t3\nb\t10\na\t10\nd\t3\nd\t10\n"
    assert match(tmp_path, QUERIES, POSTS).stdout == expected
    piped = match(tmp_path, QUERIES, POSTS, "--stats", by_pipe=True)
    assert piped.stdout == expected
    assert piped.stderr.startswith("3 queries in ")
    assert "; 4 posts in " in piped.stderr
    assert "6 matches; 0 bad lines; " in piped.stderr
    assert not (tmp_path / "home").exists()


def test_why_tells_where_by_letters_and_what_stands_in_the_title(tmp_path: Path) -> None:
    queries = [{"id": "q", "query": "bridge #rain lang:en 🎉"}]
    posts = [{"id": 1, "title": "Old bridge", "text": "wet 🎉 bridge", "tags": ["Rain"], "lang": "en"}]
    ran = match(tmp_path, queries, posts, "--why")
    post, query, why = ran.stdout.rstrip("\n").split("\t")
    assert (post, query) == ("1", "q")
    assert json.loads(why) == [
        [4, 10, "bridge", "title"],
        [6, 12, "bridge"],
        [0, 0, "#rain"],
        [0, 0, "lang:en"],
        [4, 5, "🎉"],
    ]


def test_bad_lines_are_named_with_their_numbers_and_the_rest_is_matched(tmp_path: Path) -> None:
    queries = [
        "{nothing",
        "",
        {"id": 1, "query": "bridge"},
        {"id": 2, "query": "bridge NOT"},
        {"id": "1", "query": "ferry"},
        {"query": "ferry"},
        {"id": "a\tb", "query": "ferry"},
    ]
    posts = [
        {"id": 1, "text": "bridge"},
        {"id": 2},
        '{"id": 3, "text": "bridge", "at": "soon"}',
        {"id": 4, "text": "Bridge!"},
    ]
    ran = match(tmp_path, queries, posts, "--stats", check=False)
    assert (ran.returncode, ran.stdout) == (1, "1\t1\n4\t1\n")
    named = [line.split(": ")[0].rpartition("/")[2] for line in ran.stderr.splitlines() if ", line " in line]
    assert named == [
        "queries.jsonl, line 1",
        "queries.jsonl, line 6",
        "queries.jsonl, line 7",
        "queries.jsonl, line 4",
        "queries.jsonl, line 5",
        "posts.jsonl, line 2",
        "posts.jsonl, line 3",
    ]
    assert "bridge NOT\n       ^^^" in ran.stderr
    assert "“soon” is no time" in ran.stderr
    assert "7 bad lines" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_lists_stand_anywhere_in_the_file_and_each_once(tmp_path: Path) -> None:
    queries = [
        {"id": 1, "query": "list:crossings closed"},
        {"list": "crossings", "query": "bridge OR ferry"},
        {"list": "crossings", "query": "tunnel"},
        {"list": "round", "query": "list:round"},
        {"id": 2, "query": "list:round"},
    ]
    ran = match(
        tmp_path,
        queries,
        [{"id": 1, "text": "ferry closed"}, {"id": 2, "text": "tunnel closed"}],
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (1, "1\t1\n")
    assert "queries.jsonl, line 3: the list crossings stands twice" in ran.stderr
    assert "This list holds itself: round > round." in ran.stderr


def test_lists_may_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    shared = tmp_path / "lists.jsonl"
    lines = [
        {"list": "crossings", "query": "bridge OR list:boats"},
        {"list": "boats", "query": "ferry"},
        {"id": 7, "query": "tunnel"},
    ]
    shared.write_text("".join(json.dumps(line) + "\n" for line in lines))
    queries = [{"id": 1, "query": "list:Crossings closed"}, {"list": "boats", "query": "rowing"}]
    posts = [
        {"id": 1, "text": "ferry closed"},
        {"id": 2, "text": "rowing closed"},
        {"id": 3, "text": "bridge closed"},
    ]
    ran = match(tmp_path, queries, posts, "--lists", str(shared), check=False)
    assert (ran.returncode, ran.stdout) == (1, "2\t1\n3\t1\n")
    assert "lists.jsonl, line 3: a file of lists holds no queries" in ran.stderr


def test_notes_tell_what_is_slow_or_meant_otherwise_and_are_no_fault(tmp_path: Path) -> None:
    queries = [
        {"id": 1, "query": "*bridge"},
        {"id": 2, "query": "bridge and ferry"},
        {"id": 3, "query": "lang:en has:link"},
    ]
    ran = match(tmp_path, queries, [{"id": 1, "text": "footbridge"}])
    assert ran.stdout == "1\t1\n"
    first, second, third = ran.stderr.splitlines()
    assert "queries.jsonl, line 1: note: “*bridge” begins with fewer than 2 letters" in first
    assert (
        "queries.jsonl, line 2: note: “and” is looked for as a word here; the operator is written AND."
        in second
    )
    assert "queries.jsonl, line 3: note: This asks for no word" in third


def test_nothing_to_match_is_nothing_written(tmp_path: Path) -> None:
    assert match(tmp_path, [], POSTS).stdout == ""
    assert match(tmp_path, QUERIES, []).stdout == ""


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    env = environment(tmp_path)
    (tmp_path / "queries.jsonl").write_text('{"id": 1, "query": "bridge"}\n')
    missing = colonnade(env, "match", str(tmp_path / "none.jsonl"), check=False)
    assert refused(missing).endswith("none.jsonl cannot be read: No such file or directory.")
    folder = colonnade(env, "match", str(tmp_path / "queries.jsonl"), str(tmp_path), check=False)
    assert "cannot be read: Is a directory." in refused(folder)


def test_lines_that_no_one_would_write_are_bad_lines_and_no_crash(tmp_path: Path) -> None:
    deep = '{"id": 1, "text": "bridge", "more": ' + "[" * 5_000 + "]" * 5_000 + "}"
    posts = [
        deep,
        '{"id": 2, "text": "\\ud800 bridge"}',
        "[]",
        "null",
        '{"id": 5, "text": "bridge\\u0000\\u0001"}',
    ]
    ran = match(tmp_path, [{"id": 1, "query": "bridge"}], posts, check=False)
    assert "Traceback" not in ran.stderr
    assert "5\t1\n" in ran.stdout
    assert "posts.jsonl, line 3: " in ran.stderr


def test_the_first_line_of_a_file_may_begin_with_the_mark_of_its_encoding(tmp_path: Path) -> None:
    queries, posts = ('\ufeff{"id": 1, "query": "bridge"}', '\ufeff{"id": 1, "text": "bridge"}\r')
    assert match(tmp_path, [queries], [posts]).stdout == "1\t1\n"


def test_a_post_from_a_pipe_is_answered_before_the_next_one_comes(tmp_path: Path) -> None:
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"id": 7, "query": "bridge"}\n')
    command = [sys.executable, "-c", MAIN, "match", str(queries)]
    with Popen(command, env=environment(tmp_path / "home"), stdin=PIPE, stdout=PIPE) as run:
        assert run.stdin is not None
        assert run.stdout is not None
        for number in (1, 2):
            run.stdin.write(b'{"id": %d, "text": "a bridge"}\n' % number)
            run.stdin.flush()
            answered, _, _ = select.select([run.stdout], [], [], 60)
            assert answered
            assert run.stdout.readline() == b"%d\t7\n" % number
        run.stdin.close()
        assert run.stdout.read() == b""
