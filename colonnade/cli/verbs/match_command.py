"""`colonnade match`: stored queries against a stream of posts, without a database."""

from __future__ import annotations

import argparse
import codecs
import json
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast

from colonnade.cli import Trouble

if TYPE_CHECKING:
    from io import BufferedReader

    from colonnade.listening.language.reading import Heard
    from colonnade.listening.language.tree import Node
    from colonnade.listening.matcher.lines import Id, QueryLine
    from colonnade.listening.matcher.matcher import Matcher

HELP = "try stored queries on posts and write what matches: post id TAB query id"
Read = TypeVar("Read")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where queries and posts are, and what is written beside the matches."""
    parser.add_argument(
        "queries",
        type=Path,
        metavar="QUERIES.jsonl",
        help='lines {"id": …, "query": …}, and {"list": …, "query": …}',
    )
    parser.add_argument(
        "posts",
        type=Path,
        nargs="?",
        metavar="POSTS.jsonl",
        help='lines {"id": …, "text": …, "author": …, "lang": …, …}; standard input without it, or with -',
    )
    parser.add_argument(
        "--lists",
        type=Path,
        metavar="LISTS.jsonl",
        help='more lists that queries may name, lines {"list": …, "query": …}; one of the same name among the queries counts',
    )
    parser.add_argument(
        "--why",
        action="store_true",
        help='a third column: what was found, as [[from, to, text], …] by letters; in titles with a fourth, "title"',
    )
    parser.add_argument(
        "--stats", action="store_true", help="posts a second, matches, memory on standard error"
    )


def run(options: argparse.Namespace) -> int:
    """Every post in its order; exit code 1 where a line could not be used."""
    try:
        with options.queries.open("rb") as file:
            run_ = Run(options, file)
        if options.posts is None or str(options.posts) == "-":
            run_.match(cast("BufferedReader", sys.stdin.buffer), "standard input")
        else:
            with options.posts.open("rb") as file:
                run_.match(file, str(options.posts))
    except OSError as fault:
        if not fault.filename:
            raise
        raise Trouble(f"{fault.filename} cannot be read: {fault.strerror}.") from fault
    if options.stats:
        run_.tell()
    return 1 if run_.bad else 0


class Run:
    """One run: the queries that could be read, and what was counted."""

    def __init__(self, options: argparse.Namespace, file: BinaryIO) -> None:
        from colonnade.listening.matcher.matcher import Matcher

        self._why: bool = options.why
        self.bad = self.posts = self.matches = 0
        self.seconds = 0.0
        started = time.perf_counter()
        self._texts: dict[Id, str] = {}
        self._ranks: dict[Id, int] = {}
        self._written: set[str] = set()
        self._trees: dict[Id, Node] = {}
        shared = self._read_lists(options.lists) if options.lists else {}
        lines, own = self._read_queries(file, str(options.queries))
        self._lists = shared | own
        self._matcher: Matcher[Id] = Matcher(self._lists)
        while lines:  # what was added is held no longer: of a hundred thousand that is a fifth of the memory
            self._add(*lines.popleft(), str(options.queries))
        self.loaded = time.perf_counter() - started
        numeric = all(isinstance(key, int) for key in self._ranks)
        ordered = sorted(self._ranks, key=None if numeric else str)
        self._ranks = {key: rank for rank, key in enumerate(ordered)}
        self._written.clear()

    def _read_queries(self, file: BinaryIO, name: str) -> tuple[deque[tuple[int, QueryLine]], dict[str, str]]:
        """The queries with the numbers of their lines, and the lists, which may stand anywhere in the file."""
        from colonnade.listening.matcher.lines import read_query

        queries: deque[tuple[int, QueryLine]] = deque()
        lists: dict[str, str] = {}
        for number, line in self._lines(file, name, read_query):
            if line.list in lists:
                self._refuse(name, number, f"the list {line.list} stands twice")
            elif line.list is not None:
                lists[line.list] = line.query
            else:
                queries.append((number, line))
        return queries, lists

    def _read_lists(self, path: Path) -> dict[str, str]:
        """The lists of a file of lists alone."""
        with path.open("rb") as file:
            queries, lists = self._read_queries(file, str(path))
        for number, _ in queries:
            self._refuse(str(path), number, "a file of lists holds no queries")
        return lists

    def _lines(
        self, file: Iterable[bytes], name: str, read: Callable[[bytes], Read], first: int = 1
    ) -> Iterator[tuple[int, Read]]:
        """What could be read, with the numbers of the lines; the rest is named on standard error."""
        from colonnade.listening.matcher.lines import BadLine

        for number, line in enumerate(file, first):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            try:
                yield number, read(line)
            except BadLine as fault:
                self._refuse(name, number, str(fault))

    def _refuse(self, name: str, number: int, why: str) -> None:
        self.bad += 1
        print(f"{name}, line {number}: {why}", file=sys.stderr)

    def _add(self, number: int, line: QueryLine, name: str) -> None:
        from colonnade.listening.language.checking import notes
        from colonnade.listening.language.mistakes import QueryError
        from colonnade.listening.language.parsing import parse

        assert line.id is not None
        if str(line.id) in self._written:
            self._refuse(name, number, f"the id {line.id} stands twice")
            return
        try:
            tree = parse(line.query, self._lists)
        except QueryError as error:
            self._refuse(name, number, f"{error}\n{error.caret()}")
            return
        self._matcher.add(line.id, tree)
        self._ranks[line.id] = 0
        if self._why:
            self._texts[line.id] = line.query
        self._written.add(str(line.id))
        for note in notes(tree, line.query):
            print(f"{name}, line {number}: note: {note.sentence}", file=sys.stderr)

    def match(self, file: BufferedReader, name: str) -> None:
        """Try every post, as many thousand at once as there are, and write the matches sorted by post, then by query."""
        from colonnade.listening.matcher.lines import as_they_come, read_post

        started = time.perf_counter()
        first = 1
        for lines in as_they_come(file, self._matcher.at_once):
            batch = [post for _, post in self._lines(lines, name, read_post, first)]
            first += len(lines)
            self.posts += len(batch)
            found = self._matcher.match([post for _, post in batch])
            sys.stdout.write("".join(self._told(batch, found)))
            sys.stdout.flush()
        self.seconds = time.perf_counter() - started

    def _told(self, batch: list[tuple[Id, Heard]], found: list[list[Id]]) -> Iterator[str]:
        for (key, post), queries in zip(batch, found, strict=True):
            if not queries:
                continue
            self.matches += len(queries)
            if len(queries) > 1:
                queries.sort(key=self._ranks.__getitem__)
            if self._why:
                yield from (f"{key}\t{query}\t{self._reason(post, query)}\n" for query in queries)
            else:
                yield from [f"{key}\t{query}\n" for query in queries]

    def _reason(self, post: Heard, query: Id) -> str:
        """What of a query was found in a post, as JSON."""
        from colonnade.listening.language.parsing import parse
        from colonnade.listening.language.reading import Reading
        from colonnade.listening.language.why import why

        if query not in self._trees:
            self._trees[query] = parse(self._texts[query], self._lists)
        found = why(self._trees[query], Reading(post))
        rows = [
            [one.start, one.end, (post.title if one.in_title else post.text)[one.start : one.end] or one.term]
            + ["title"] * one.in_title
            for one in found
        ]
        return json.dumps(rows, ensure_ascii=False)

    def tell(self) -> None:
        """The counts of the run, on standard error."""
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rate = self.posts / self.seconds if self.seconds else 0.0
        print(
            f"{len(self._matcher)} queries in {self.loaded:.2f} s; {self.posts} posts in {self.seconds:.2f} s "
            f"({rate:.0f} a second); {self.matches} matches; {self.bad} bad lines; {memory} MB",
            file=sys.stderr,
        )
