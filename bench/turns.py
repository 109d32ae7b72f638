"""The processor time of each page at two sizes, by turns: on a machine that others use too, what disturbs one disturbs both."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import frame

FIRST = 5  # visits that do not count


class Visitor:
    """A process with a database of its own that visits a page whenever it is told to."""

    def __init__(self, options: list[str]) -> None:
        command = [sys.executable, "-m", "bench", "pages", "--told", *options]
        where = Path(__file__).parents[1]
        self._process = subprocess.Popen(
            command, cwd=where, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pages: list[str] = self._heard()

    def visit(self, page: str) -> float:
        """Milliseconds of processor time."""
        assert self._process.stdin is not None
        print(page, file=self._process.stdin, flush=True)
        return float(self._heard())

    def leave(self) -> None:
        """Let the process end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a process that visits pages has ended")
        return json.loads(line)


def answer(desk: Any, lines: Iterable[str]) -> None:
    """What a `Visitor`'s process does: it names its pages, then tells the processor time of each that it is told to visit."""
    from django.test import Client

    pages = {name: (path, desk.client if who else Client()) for name, (path, who) in desk.pages().items()}
    print(json.dumps(list(pages)), flush=True)
    for line in lines:
        path, client = pages[line.strip()]
        began = time.thread_time()
        response = client.get(path, headers={"host": "127.0.0.1"})
        took = (time.thread_time() - began) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")
        print(json.dumps(took), flush=True)


def compare(large: Visitor, small: Visitor, visits: int) -> dict[str, dict[str, float]]:
    """For each page the median processor time at both sizes in milliseconds, and how many times the one is the other."""
    told = {}
    for page in large.pages:
        took = [(large.visit(page), small.visit(page)) for _ in range(visits + FIRST)][FIRST:]
        full = frame.percentiles([one for one, _ in took])["p50"]
        tenth = frame.percentiles([one for _, one in took])["p50"]
        told[page] = {"cpu_ms": full, "cpu_ms_tenth": tenth, "ten_times": round(full / tenth, 2)}
    return told
