"""The make-believe world: its script and clock, its delivery classes, its ledger."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from colonnade.networks.base import DeliveryClass
from colonnade.networks.pretend.faults import Fault, Programme
from colonnade.networks.pretend.ledger import Ledger, accepted
from colonnade.networks.pretend.recordings import read_threads
from colonnade.networks.pretend.rules import Manners, Wish
from colonnade.networks.pretend.script import Step, UnreadableScript, load_script, read_script
from colonnade.networks.pretend.world import World

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

RECORDED = Path(__file__).resolve().parents[2] / "../shared/data/twcs_sample/demo/tweets.csv"
SHIPPED = Path(__file__).resolve().parents[2] / "colonnade/networks/pretend/scripts"
BEGIN = 1_770_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


def texts(world: World, viewer: str = "us") -> list[str]:
    return [line.text for line in world.timeline(viewer, 0, 1000).lines]


def wish(rules: DeliveryClass, text: str = "The ferry leaves at nine.", **fields: Any) -> Wish:
    return Wish(by="us", rules=rules, text=text, **fields)


# --- script and clock ---------------------------------------------------------------------------------------------------

SCRIPT = (
    Step(at=-60, by="ada", id="old", text="Yesterday's news"),
    Step(at=10, by="ada", id="a", text="Ten"),
    Step(at=100, by="bo", id="b", text="A hundred"),
    Step(at=1000, by="bo", id="c", text="A thousand"),
)


def test_a_script_plays_at_its_own_pace_with_history_already_there() -> None:
    clock = Clock()
    world = World("town", script=SCRIPT, now_s=clock)
    assert texts(world) == ["Yesterday's news"]
    clock.now += 10
    assert texts(world) == ["Yesterday's news", "Ten"]
    clock.now += 1000
    assert len(texts(world)) == 4
    times = [line.published - BEGIN for line in world.timeline("us", 0, 10).lines]
    assert times == [-60, 10, 100, 1000]


def test_the_story_goes_faster_pauses_and_jumps() -> None:
    clock = Clock()
    world = World("town", script=SCRIPT, speed=10, now_s=clock)
    assert len(texts(world)) == 1
    clock.now += 1
    assert len(texts(world)) == 2
    world.turn(speed=0)
    clock.now += 10_000
    assert len(texts(world)) == 2
    world.turn(position=500)
    assert len(texts(world)) == 3
    world.turn(speed=1)
    clock.now += 499
    assert len(texts(world)) == 3
    clock.now += 1
    assert len(texts(world)) == 4
    assert all(line.published <= clock.now for line in world.timeline("us", 0, 10).lines)


def test_a_clock_set_back_plays_nothing_twice() -> None:
    clock = Clock()
    world = World("town", script=SCRIPT, now_s=clock)
    assert len(texts(world)) == 1
    clock.now += 100
    assert len(texts(world)) == 3
    clock.now -= 5000
    assert len(texts(world)) == 3
    clock.now += 5900
    assert len(texts(world)) == 4


def test_a_world_that_begins_anew_is_read_from_its_beginning_again() -> None:
    clock = Clock()
    world = World("town", script=SCRIPT, now_s=clock)
    clock.now += 2000
    page = world.timeline("us", 0, 100)
    assert world.timeline("us", page.next, 100, page.epoch).lines == ()
    world.begin_anew()
    again = world.timeline("us", page.next, 100, page.epoch)
    assert [line.id for line in again.lines] == ["old"]
    assert again.epoch != page.epoch


def test_a_page_ends_where_it_was_asked_to_and_says_that_there_is_more() -> None:
    world = World("town", script=[Step(by="ada", text=str(number)) for number in range(25)], now_s=Clock())
    page, seen = world.timeline("us", 0, 10), []
    for _ in range(3):
        seen += [line.text for line in page.lines]
        page = world.timeline("us", page.next, 10, page.epoch)
    assert seen == [str(number) for number in range(25)]
    assert not page.more


@pytest.mark.parametrize(
    "line", [b'{"by": 3}', b"{", b"[" * 100_000, b'{"do": "fly"}', b'{"whisper": "x"}', b"\xff"]
)
def test_a_script_that_cannot_be_played_names_its_line(line: bytes) -> None:
    with pytest.raises(UnreadableScript, match="Line 2"):
        read_script([b"# a remark", line])


def test_the_script_of_port_alder_can_be_played_and_every_answer_has_its_question() -> None:
    steps = load_script(SHIPPED / "port_alder.jsonl")
    said = {step.id for step in steps if step.do == "post"}
    assert len(said) >= 300
    assert all(step.reply_to in said for step in steps if step.reply_to)
    assert all(step.id in said for step in steps if step.do in ("edit", "delete", "mark"))
    assert {step.by for step in steps} == {step.by for step in steps if step.name}


@pytest.mark.corpora
@pytest.mark.skipif(not RECORDED.exists(), reason="needs ../shared/data/twcs_sample beside the checkout")
def test_recorded_threads_become_a_script_with_their_times_and_links() -> None:
    with RECORDED.open(encoding="utf-8", newline="") as lines:
        steps = read_threads(lines)
    assert len(steps) == 4999
    assert steps[0].at == 0
    said = {step.id: step.at for step in steps}
    replies = [step for step in steps if step.reply_to]
    assert len(replies) > 3000
    assert all(step.reply_to in said for step in replies)
    world = World("recorded", script=steps)
    world.turn(position=steps[-1].at)
    assert world.story()[2] == 4999


def test_a_table_of_something_else_is_no_recording() -> None:
    with pytest.raises(UnreadableScript):
        read_threads(["name,age", "ada,80"])


# --- delivery classes -----------------------------------------------------------------------------------------------------


def test_class_a_the_same_id_again_is_the_same_post_even_after_it_was_taken_back() -> None:
    world = World("town")
    first = world.take(wish("A", id="x"))
    assert world.take(wish("A", id="x")).outcome == "same"
    assert world.take_back("x", "us") == "done"
    assert world.take(wish("A", id="x")).outcome == "same"
    assert len(world.lines()) == 2
    other = world.take(Wish(by="them", rules="A", text="Mine now", id="x"))
    assert (first.outcome, other.code) == ("new", "id_taken")


def test_class_b_keeps_a_key_for_its_life_and_no_longer() -> None:
    clock = Clock()
    world = World("town", manners=Manners(key_life_s=60), now_s=clock)
    first = world.take(wish("B", key="k"))
    clock.now += 59
    again = world.take(wish("B", key="k"))
    assert (again.outcome, again.line) == ("same", first.line)
    assert world.take(wish("B", "Something else", key="k")).code == "key_used"
    assert world.kept("us", "k")[0] == first.line
    clock.now += 1
    assert world.kept("us", "k")[0] is None
    assert world.take(wish("B", key="k")).outcome == "new"
    assert len(texts(world)) == 2


def test_class_c_refuses_the_same_words_for_a_while() -> None:
    clock = Clock()
    world = World("town", manners=Manners(same_words_s=60), now_s=clock)
    first = world.take(wish("C"))
    again = world.take(wish("C"))
    assert (again.outcome, again.line) == ("duplicate", first.line)
    assert world.take(wish("C", "Other words")).outcome == "new"
    assert world.take(Wish(by="them", rules="C", text="The ferry leaves at nine.")).outcome == "new"
    clock.now += 60
    assert world.take(wish("C")).outcome == "new"


def test_class_d_takes_what_it_gets() -> None:
    world = World("town")
    assert [world.take(wish("D")).outcome for _ in range(2)] == ["new", "new"]
    assert len(texts(world)) == 2


def test_class_e_takes_a_repeat_that_readers_do_not_see() -> None:
    world = World("town")
    assert [world.take(wish("E", id="m")).outcome for _ in range(2)] == ["new", "again"]
    assert len(texts(world)) == 1
    assert len(world.lines()) == 2


@pytest.mark.parametrize("rules", ["A", "B", "C", "D", "E"])
def test_what_no_network_takes_is_refused_and_leaves_no_line(rules: DeliveryClass) -> None:
    world = World("town", manners=Manners(max_text=100))
    refused = [
        world.take(wish(rules, " ", id="a")),
        world.take(wish(rules, "x" * 101, id="b")),
        world.take(wish(rules, id="c", reply_to="pretend://town/posts/nowhere")),
    ]
    assert [each.code for each in refused] == ["empty", "too_long", "no_such_post"]
    assert world.lines() == []


def test_a_direct_message_is_seen_by_two() -> None:
    world = World("town")
    world.act(Step(by="ada", to="us", id="d", text="Between us"))
    world.act(Step(by="ada", do="edit", id="d", text="Still between us"))
    world.act(Step(by="us", do="mark", id="d"))
    world.act(Step(by="ada", do="delete", id="e"))
    assert [len(world.timeline(who, 0, 10).lines) for who in ("us", "ada", "bo", "")] == [4, 4, 1, 1]


def test_a_deleted_post_leaves_only_its_deletion() -> None:
    world = World("town")
    world.act(Step(by="ada", id="d", text="Oh"))
    world.act(Step(by="bo", do="mark", id="d"))
    assert world.take_back("d", "bo") == "not_yours"
    world.act(Step(by="ada", do="delete", id="d"))
    assert [line.kind for line in world.timeline("us", 0, 10).lines] == ["delete"]
    assert world.take_back("d", "ada") == "gone"


# --- the ledger -----------------------------------------------------------------------------------------------------------


def test_worlds_on_one_ledger_are_one_world(tmp_path: Path) -> None:
    clock = Clock()
    ours, theirs = (World("town", Ledger(tmp_path / "l"), script=SCRIPT, now_s=clock) for _ in range(2))
    assert texts(ours) == texts(theirs)
    clock.now += 50
    ours.take(wish("D", "From us"))
    theirs.take(Wish(by="them", rules="D", text="From them"))
    theirs.turn(speed=0)
    assert texts(ours) == texts(theirs) == ["Yesterday's news", "Ten", "From us", "From them"]
    assert ours.story()[0].speed == 0
    ours.begin_anew()
    assert texts(theirs) == ["Yesterday's news"]
    assert [line.n for line in theirs.timeline("us", 0, 10).lines] == [2]


def test_a_world_is_the_same_after_a_restart(tmp_path: Path) -> None:
    first = World("town", Ledger(tmp_path / "l"), script=SCRIPT)
    first.take(wish("A", id="x", key="x"))
    first.take(wish("B", key="k"))
    before = first.timeline("us", 0, 100)
    again = World("town", Ledger(tmp_path / "l"), script=SCRIPT)
    assert again.timeline("us", 0, 100) == before
    assert again.take(wish("A", id="x", key="x")).outcome == "same"
    assert again.take(wish("B", key="k")).outcome == "same"


@pytest.mark.parametrize("cut", [1, 10, 60])
def test_a_line_left_half_written_by_a_kill_is_cut_off_and_the_rest_stands(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "l"
    world = World("town", Ledger(path))
    world.take(wish("D", "First"))
    whole = path.stat().st_size
    world.take(wish("D", "Second"))
    os.truncate(path, path.stat().st_size - cut)
    again = World("town", Ledger(path))
    assert texts(again) == ["First"]
    assert path.stat().st_size == whole
    again.take(wish("D", "Third"))
    assert [line.text for line in accepted(path)] == ["First", "Third"]
    assert texts(World("town", Ledger(path))) == ["First", "Third"]


def test_the_ledger_tells_what_came_over_the_api_apart_from_what_the_script_did(tmp_path: Path) -> None:
    world = World("town", Ledger(tmp_path / "l"), script=SCRIPT)
    world.take(wish("E", id="m"))
    world.take(wish("E", id="m"))
    world.act(Step(by="ada", text="Me too"))
    assert [line.kind for line in accepted(tmp_path / "l")] == ["post", "again"]
    assert accepted(tmp_path / "nowhere") == []


def test_many_writers_at_once_lose_nothing_and_number_every_line_once(tmp_path: Path) -> None:
    def say(number: int) -> None:
        world = World("town", Ledger(tmp_path / "l"))
        for each in range(20):
            world.take(wish("D", f"{number}-{each}"))

    writers = [threading.Thread(target=say, args=(number,)) for number in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = accepted(tmp_path / "l")
    assert len({line.text for line in lines}) == len(lines) == 120
    assert [line.n for line in lines] == list(range(2, 122))


# --- faults ---------------------------------------------------------------------------------------------------------------


def test_faults_meet_the_calls_they_were_made_for_and_then_end() -> None:
    programme = Programme([Fault(kind="refuse", times=2, skip=1), Fault(kind="busy", on="any", times=1)])
    met = [programme.next(on) for on in ("write", "write", "write", "write", "read")]
    assert [fault and fault.kind for fault in met] == ["busy", "refuse", "refuse", None, None]
    assert programme.met == {"busy": 1, "refuse": 2}
    assert programme.left() == []


def test_chance_is_the_same_for_the_same_seed() -> None:
    def run(seed: int) -> list[bool]:
        programme = Programme([Fault(kind="cut_after", chance=0.3)], seed)
        return [programme.next("write") is not None for _ in range(200)]

    assert run(1) == run(1) != run(2)
    assert 30 < sum(run(1)) < 90
