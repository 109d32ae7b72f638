"""`colonnade mood` as a pipe: no home folder, no database, a line at a time."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doors.commands import MAIN, colonnade, environment, refused
from tests.rooms.moods_of_port_alder import corrections

pytestmark = pytest.mark.corpora


def test_each_line_is_answered_with_a_label_and_a_score(tmp_path: Path) -> None:
    said = "I love this ferry, great crew!\nThe ferry leaves at nine.\n\nDie Fähre war heute früh wieder zu spät.\n"
    ran = colonnade(environment(tmp_path / "home"), "mood", stdin=said)
    rows = [line.split("\t") for line in ran.stdout.splitlines()]
    assert [label for label, _ in rows] == ["positive", "neutral", "unsure", "unsure"]
    assert all(-1 <= float(score) <= 1 for _, score in rows)
    assert not (tmp_path / "home").exists()


def test_lines_are_answered_as_they_come(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "mood", "--lang", "en"],
        env=environment(tmp_path),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for line, label in ((b"what a great day\n", b"positive"), (b"I hate \xff this\r\n", b"negative")):
            process.stdin.write(line)
            process.stdin.flush()
            assert process.stdout.readline().startswith(label + b"\t")
        process.stdin.close()
        assert process.wait(30) == 0


def test_what_was_learned_from_corrections_reads_the_lines(tmp_path: Path) -> None:
    home, model = environment(tmp_path / "home"), tmp_path / "desk.mood"
    written = _write(tmp_path / "corrections.csv", 300)
    ran = colonnade(home, "mood", "--lang", "en", "--learn", str(written), "--model", str(model))
    assert ran.stdout.startswith("It is better: macro-averaged recall ")
    line = "we stood like sardines near the market\n"
    assert colonnade(home, "mood", "--lang", "en", stdin=line).stdout == "unsure\t0.3612\n"
    learned = colonnade(home, "mood", "--lang", "en", "--model", str(model), stdin=line)
    assert learned.stdout.startswith("negative\t-0.")


def test_what_is_no_better_is_not_written(tmp_path: Path) -> None:
    home, model = environment(tmp_path / "home"), tmp_path / "desk.mood"
    written = _write(tmp_path / "corrections.csv", 300, wrong=1.0)
    said = refused(
        colonnade(home, "mood", "--lang", "en", "--learn", str(written), "--model", str(model), check=False)
    )
    assert "Nothing was written" in said
    assert not model.exists()


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["--learn", "FILE"], "label,text\n", "say in which language"),
        (["--learn", "FILE", "--lang", "en", "--model", "new"], "a,b\n", "needs the columns label and text"),
        (["--learn", "FILE", "--lang", "en", "--model", "new"], "label,text\ngrim,x\n", "line 2"),
        (["--learn", "FILE", "--lang", "en", "--model", "new"], "label,text\nneutral,x\n", "too few"),
        (["--model", "FILE"], "cos\nsystem\n(S'true'\ntR.", "This is no model of moods."),
        (["--model", "absent"], "", "cannot be read: No such file"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_sentence(
    tmp_path: Path, arguments: list[str], text: str, said: str
) -> None:
    (tmp_path / "FILE").write_text(text, "utf-8")
    placed = [str(tmp_path / one) if one in {"FILE", "new", "absent"} else one for one in arguments]
    assert said in refused(colonnade(environment(tmp_path), "mood", *placed, check=False))


def _write(path: Path, count: int, *, wrong: float = 0.0) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("label", "text"))
        writer.writerows((one.label, one.text) for one in corrections(count, wrong=wrong))
    return path
