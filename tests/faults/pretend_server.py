"""The make-believe network as a process of its own, held by a test."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from colonnade.networks.http import Client
from colonnade.networks.pretend.ledger import accepted
from colonnade.networks.pretend.lines import Line

CHECKOUT = Path(__file__).resolve().parents[2]


class PretendServer:
    """`with PretendServer(folder / "ledger.jsonl") as there:` starts it and ends it; `there.address` is where it is."""

    def __init__(self, ledger: Path, *arguments: str, port: int = 0) -> None:
        self.ledger = ledger
        command = [sys.executable, "-m", "colonnade.networks.pretend.server"]
        command += ["--port", str(port), "--ledger", str(ledger), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=CHECKOUT)
        assert self.process.stdout is not None
        told = json.loads(self.process.stdout.readline())
        self.port: int = told["port"]
        self.address: str = told["address"]
        self._http = Client(allowed_private_hosts=[f"127.0.0.1:{self.port}"])

    def __enter__(self) -> PretendServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process, as a crash would: without a word."""
        self._http.close()
        self.process.kill()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()

    def fail(self, *faults: dict[str, Any], seed: int = 0) -> None:
        """Programme faults, such as `{"kind": "timeout_after", "times": 1}`; none ends all trouble."""
        self._control("PUT", "/faults", {"faults": faults, "seed": seed})

    def met(self) -> dict[str, int]:
        """How often each kind of fault of the present programme was met."""
        met: dict[str, int] = json.loads(self._control("GET", "/faults"))["met"]
        return met

    def happens(self, **step: Any) -> str:
        """Let somebody there do something now; gives the post's id."""
        return str(json.loads(self._control("POST", "/steps", step))["id"])

    def says_raw(self, line: bytes) -> None:
        """One line of the timeline that may be anything."""
        self._http.request("POST", f"{self.address}raw", body=line)

    def sign_in(self, account: str, token: str = "") -> None:
        """The account's token is good again."""
        self._control("POST", "/tokens", {"bearer": f"{account}:{token}"})

    def turn(self, **turn: float) -> None:
        """Set the story's `speed` or `position`."""
        self._control("PUT", "/story", turn)

    def accepted(self) -> Sequence[Line]:
        """What it took over its API, in order, as it stands on the disk."""
        return accepted(self.ledger)

    def _control(self, method: str, path: str, body: object = None) -> bytes:
        written = b"" if body is None else json.dumps(body).encode()
        answer = self._http.request(method, self.address.rstrip("/") + path, body=written)
        assert answer.status < 300, answer.body
        return answer.body
