"""The tasks of the first ten minutes, and which of them are done: told by what stands in the house, and by two marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext

from colonnade.inbox.models import Case, CaseEntry, EntryKind
from colonnade.web.story import planned, stage
from colonnade.web.story.talk import talk

STOPPED, LOOKED = "stopped", "looked"
_OF_MRS_OKAFOR = ("lift", "ask-1740")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to try: what, how in a sentence, where it begins, and whether it is done."""

    name: str
    how: str
    path: str
    done: bool


def mark(what: str) -> None:
    """Remember that something was tried which leaves no trace of its own."""
    if stage.runs():
        (stage.folder() / f"task-{what}").touch()


def forget() -> None:
    """Nothing was tried yet."""
    for what in (STOPPED, LOOKED):
        (stage.folder() / f"task-{what}").unlink(missing_ok=True)


def tasks() -> list[Task]:
    """All of them, in order."""
    began = datetime.fromtimestamp(stage.now().began, UTC)
    by_id = {one.id: one.text for one in talk()}
    hers = [by_id[id_] for id_ in _OF_MRS_OKAFOR]
    answered = CaseEntry.objects.filter(
        kind=EntryKind.REPLIED, at__gt=began, case__opened_by_post__said__text__in=hers
    )
    asked = Case.objects.filter(why="asked", opened_at__gt=began)
    asked = asked.exclude(opened_by_post__said__text__in=list(by_id.values()))
    return [
        Task(
            gettext("Answer Mrs Okafor"),
            gettext("She asks about the lift, and later about the 17:40. Her words are in the inbox."),
            "/inbox",
            answered.exists(),
        ),
        Task(
            gettext("Ask as a citizen"),
            gettext("Open this in a private window, ask, and see it arrive in the inbox."),
            "/?citizen=1",
            asked.exists(),
        ),
        Task(
            gettext("Be stopped"),
            gettext("Paste a staff note into an answer that its asker would read, and try to send it."),
            "/inbox",
            _is_marked(STOPPED),
        ),
        Task(
            gettext("Approve, and see it fall"),
            gettext(
                "Be Tomasz, approve what waits, then open it and change one letter: it needs another look."
            ),
            "/publish?view=approval",
            planned.approval_fell(),
        ),
        Task(
            gettext("Open the wall"),
            gettext("One screen for the whole house: who waits, who works, what is said this very minute."),
            "/wall",
            _is_marked(LOOKED),
        ),
    ]


def _is_marked(what: str) -> bool:
    return (stage.folder() / f"task-{what}").exists()
