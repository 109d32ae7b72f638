"""The few questions that push asks the database, in plain SQL over a read-only connection of its own.

The tables belong to core (the outbox and its head) and access (who may); their columns are named here and nowhere
else in this room. Of Django only the settings and the driver's parameters are used: a stream must not cost what a
page costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from django.conf import settings
from django.db import connection as defaults

from colonnade.live.rows import Heard, Row
from colonnade.primitives import clock


class Away(Exception):
    """The database did not answer: it is away, starts anew, or is not ours. Its text is the driver's."""


_DJANGOS_OWN = ("context", "cursor_factory", "prepare_threshold")
_AT_ONCE = 500  # ids in one IN list

_HELD = """
    FROM access_term t
    JOIN access_holding h ON h.principal_id = t.principal_id
    JOIN access_holding w ON w.holder_id = h.holder_id AND w.principal_id = t.within_id
    JOIN access_principal p ON p.id = h.holder_id AND p.active
    WHERE (h.until IS NULL OR h.until > ?) AND (w.until IS NULL OR w.until > ?)
"""

_hints = msgspec.json.Decoder(list[tuple[int, int, int, int]])


class Store:
    """One connection; opened at the first question, opened anew after a fault. Not for two threads at once."""

    def __init__(self) -> None:
        self._is_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
        self._connection: Any = None
        self._faults: type[Exception] = sqlite3.Error
        if self._is_postgres:
            import psycopg  # 15 MB that an installation on SQLite does without

            self._faults = psycopg.Error

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    # The outbox

    def head(self) -> int:
        """The seq of the newest stamped row, 0 when there was none yet."""
        return self._one("SELECT max(seq) FROM core_head") or 0

    def rows(self, after: int, most: int, until: int | None = None) -> list[Row]:
        """Stamped rows after a seq, oldest first, at most so many."""
        question, values = "SELECT seq, hints FROM core_outbox WHERE seq > ?", [after]
        if until is not None:
            question, values = question + " AND seq <= ?", [after, until]
        found = self._all(f"{question} ORDER BY seq LIMIT ?", [*values, most])
        return [Row(seq, _heard(hints)) for seq, hints in found]

    # Who may

    def epochs(self, principals: Iterable[int]) -> dict[int, int]:
        """The present epoch of each of these that is active; who is suspended or gone is missing."""
        found: dict[int, int] = {}
        for some in _portions(principals):
            marks = ",".join("?" * len(some))
            found.update(
                self._all(f"SELECT id, epoch FROM access_principal WHERE active AND id IN ({marks})", some)
            )
        return found

    def audiences_of(self, principal: int) -> frozenset[int]:
        """All audiences that admit this viewer now."""
        moment = self._moment()
        question = f"SELECT DISTINCT t.audience_id {_HELD} AND h.holder_id = ?"
        return frozenset(row[0] for row in self._all(question, [moment, moment, principal]))

    def admitted(self, audiences: Iterable[int], principals: Iterable[int]) -> list[tuple[int, int]]:
        """Pairs of audience and principal: which of these viewers are now in which of these audiences."""
        moment, found = self._moment(), []
        for some in _portions(audiences):
            for few in _portions(principals):
                question = (
                    f"SELECT DISTINCT t.audience_id, h.holder_id {_HELD}"
                    f" AND t.audience_id IN ({','.join('?' * len(some))})"
                    f" AND h.holder_id IN ({','.join('?' * len(few))})"
                )
                found.extend(self._all(question, [moment, moment, *some, *few]))
        return [(audience, holder) for audience, holder in found]

    def newest_audience(self) -> int:
        """The id of the audience that was made last."""
        return self._one("SELECT max(id) FROM access_audience") or 0

    # The connection

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    def _opened(self) -> Any:
        parameters = defaults.get_connection_params()
        if not self._is_postgres:
            path = quote(str(parameters["database"]))
            return sqlite3.connect(
                f"file:{path}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
            )
        wanted = {name: value for name, value in parameters.items() if name not in _DJANGOS_OWN}
        wanted["options"] = f"{wanted.get('options', '')} -c default_transaction_read_only=on".strip()
        import psycopg

        return psycopg.connect(**wanted, autocommit=True, application_name="colonnade live")

    def _all(self, question: str, values: Sequence[Any]) -> list[Any]:
        try:
            if self._is_postgres:
                return list(self._open().execute(question.replace("?", "%s"), values).fetchall())
            return list(self._open().execute(question, values).fetchall())
        except self._faults as fault:
            self.close()
            raise Away(str(fault).strip()) from fault

    def _one(self, question: str) -> Any:
        return self._all(question, [])[0][0]

    def _moment(self) -> Any:
        """This moment, as the database keeps moments."""
        now = clock.now()
        return now if self._is_postgres else now.strftime("%Y-%m-%d %H:%M:%S.%f")


def _heard(hints: str) -> tuple[Heard, ...]:
    """The hints of a row, as core writes them: four numbers each, 0 for "no particular one"."""
    if hints == "[]":
        return ()
    found = _hints.decode(hints)
    return tuple(
        (audience, place or None, conversation or None, watch or None)
        for audience, place, conversation, watch in found
    )


def _portions(values: Iterable[int]) -> list[list[int]]:
    every = list(values)
    return [every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE)]
