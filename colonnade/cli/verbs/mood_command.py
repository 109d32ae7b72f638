"""`colonnade mood`: the mood of each line of standard input, without a database."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from colonnade.cli import Trouble

if TYPE_CHECKING:
    from colonnade.listening.mood import Correction, Leaning, Learned, Verdict

HELP = "write the mood of each line of standard input, and a score from -1 to 1 (label TAB score)"

_TOLD = {
    "better": "It is better",
    "as good": "It is as good",
    "worse": "It is worse",
    "too close to chance": "It is too close to chance",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """In which language the lines are, and by what they are read."""
    parser.add_argument(
        "--lang", default="", help="the language of all lines (en, de, …); without it each line is looked at"
    )
    parser.add_argument("--model", type=Path, metavar="FILE", help="a learned model to read by")
    parser.add_argument(
        "--learn",
        type=Path,
        metavar="CORRECTIONS.csv",
        help="read no lines, but learn from corrections (columns label and text) and write FILE, if it is no worse",
    )


def run(options: argparse.Namespace) -> int:
    """Read to the end of standard input, each line answered as it comes; or learn once."""
    from colonnade.listening import mood

    if options.learn:
        return _learn(options)
    desk = mood.Desk([_model(options.model)] if options.model else [])
    for line in sys.stdin.buffer:
        read = desk.read(line.rstrip(b"\r\n").decode("utf-8", "replace"), options.lang)
        sys.stdout.write(f"{read.label}\t{read.score:.4f}\n")
        sys.stdout.flush()
    return 0


def _learn(options: argparse.Namespace) -> int:
    """Learn, judge beside what reads that language now (FILE, where it is there), and write FILE if the verdict says so."""
    from colonnade.listening import mood

    if not options.model or not options.lang:
        raise Trouble("To learn, say in which language (--lang en) and which file to write (--model FILE).")
    before = _model(options.model) if options.model.exists() else None
    if before and before.language != options.lang:
        raise Trouble(f"{options.model} reads the language {before.language}: write another file.")
    lesson = mood.learn(
        _corrections(options.learn),
        language=options.lang,
        version=before.version + 1 if before else 1,
        replaces=mood.Desk([before] if before else []).reader_of(options.lang),
    )
    if lesson.model is None or not lesson.verdict.switched_on:
        raise Trouble(f"{_sentence(lesson.verdict)} Nothing was written.")
    options.model.write_bytes(lesson.model.to_bytes())
    print(_sentence(lesson.verdict))
    return 0


def _sentence(verdict: Verdict) -> str:
    if verdict.reason == "too few":
        return "There are too few corrections to judge by: it takes some forty of each label."
    return (
        f"{_TOLD[verdict.reason]}: macro-averaged recall {verdict.after:.3f} beside {verdict.before:.3f} of what it "
        f"would replace, on {verdict.judged} corrections held back."
    )


def _model(path: Path) -> Learned:
    from colonnade.listening import mood

    try:
        return mood.Learned.from_bytes(path.read_bytes())
    except OSError as fault:
        raise Trouble(f"{path} cannot be read: {fault.strerror}.") from fault
    except mood.Unreadable as fault:
        raise Trouble(f"{path}: {fault}") from fault


def _corrections(path: Path) -> list[Correction]:
    from colonnade.listening.mood import LEANINGS, Correction

    by_name: dict[str, Leaning] = {label: label for label in LEANINGS}
    found = []
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.DictReader(file)
            if not {"label", "text"} <= set(rows.fieldnames or ()):
                raise Trouble(f"{path} needs the columns label and text.")
            for row in rows:
                label = by_name.get((row["label"] or "").strip().lower())
                if label is None or not row["text"]:
                    raise Trouble(
                        f"{path}, line {rows.line_num}: a row has a text and one of {', '.join(LEANINGS)}."
                    )
                found.append(Correction(row["text"], label))
    except OSError as fault:
        raise Trouble(f"{path} cannot be read: {fault.strerror}.") from fault
    except csv.Error as fault:
        raise Trouble(f"{path} is no CSV: {fault}.") from fault
    return found
