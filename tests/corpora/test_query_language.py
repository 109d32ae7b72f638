"""The language of stored queries, sentence by sentence: what is read how, what is refused and where."""

from __future__ import annotations

from datetime import datetime
from itertools import product

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, example, given, settings

from colonnade.listening.language import forms
from colonnade.listening.language.checking import notes
from colonnade.listening.language.evaluate import holds
from colonnade.listening.language.mistakes import QueryError
from colonnade.listening.language.parsing import parse
from colonnade.listening.language.reading import Heard, Reading, located
from colonnade.listening.language.showing import Line, one_line, outline
from colonnade.listening.language.tree import Node
from colonnade.listening.language.why import Why, why
from colonnade.primitives import text as texts

pytestmark = pytest.mark.corpora

LISTS = {
    "crossings": "bridge OR ferry",
    "round": "a list:turn",
    "turn": "list:round",
    "broken": "(bridge",
    "jobs": '"we are hiring"',
}
SHORT = settings(max_examples=600, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def fits(query: str, text: str = "", **more: object) -> bool:
    """Whether a post with this text fits."""
    return holds(parse(query, LISTS), Reading(Heard(text, **more)))  # type: ignore[arg-type]


def refused(query: str, lists: dict[str, str] | None = None) -> QueryError:
    """Why it is not read."""
    with pytest.raises(QueryError) as found:
        parse(query, LISTS if lists is None else lists)
    return found.value


# --- how it is understood -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "understood"),
    [
        ("a b OR c d", "((a AND b) OR (c AND d))"),
        ("a OR b AND NOT c", "(a OR (b AND NOT c))"),
        ("a -b OR c", "((a AND NOT b) OR c)"),
        ("NOT a b", "(NOT a AND b)"),
        ("a NEAR/2 b c", "((a NEAR/2 b) AND c)"),
        ("a NEAR/2 b ONEAR/3 c", "((a NEAR/2 b) ONEAR/3 c)"),
        ("(a OR b) c", "((a OR b) AND c)"),
        ("(a b) NEAR/3 c", "((a NEAR/3 c) AND (b NEAR/3 c))"),
        ("title:(a OR b)", "(title:a OR title:b)"),
        ("well-known", '"well known"'),
        ("stem:en (eases OR title:bridges)", "((stem:en eases) OR (stem:en title:bridges))"),
        ("accents:any café*", "(accents:any cafe*)"),
        ("“old bridge” OR «pont»", '("old bridge" OR pont)'),
        ('"a"~3', '"a"~3'),
        ("#covid-19 x", "(#covid AND 19 AND x)"),
        ("list:crossings closed", "(list:crossings AND closed)"),
        ("東京都", '"東 京 都"'),
        ("Likes:>1k a", "(likes:1001.. AND a)"),
        ("android ORDER nota", "(android AND order AND nota)"),
        ("at:2026-11 a", "(at:2026-11-01T00:00:00..2026-11-30T23:59:59 AND a)"),
    ],
)
def test_precedence_and_meaning_are_shown_on_one_line(query: str, understood: str) -> None:
    assert one_line(parse(query, LISTS)) == understood


def test_the_outline_shows_each_operator_above_its_parts() -> None:
    shown = [(line.depth, line.operator, line.term) for line in outline(parse('a ("b c" OR d NEAR/3 e) -f'))]
    assert shown == [
        (0, "all", ""),
        (1, "", "a"),
        (1, "any", ""),
        (2, "", '"b c"'),
        (2, "near", "NEAR/3"),
        (3, "", "d"),
        (3, "", "e"),
        (1, "not", ""),
        (2, "", "f"),
    ]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("straße", "STRASSE", True),
        ("STRASSE", "straße", True),
        ("όδος", "ΟΔΌΣ ΌΔΟΣ", True),
        ("i̇stanbul", "İSTANBUL", True),
        ("istanbul", "İSTANBUL", False),
        ("café", "cafe\u0301", True),
        ("cafe", "café", False),
        ("accents:any cafe", "Café", True),
        ("東京", "私は東京都に住む", True),
        ("京東", "東京", False),
        ("กรุงเทพ", "ฉันอยู่กรุงเทพมหานคร", True),
        ("ない", "行かないです", True),
        ("中?国", "中华国", True),
        ("{東京}", "東京都", True),
        ("你好吗？", "你好吗", True),
        ("#हिन्दी", "भाषा #हिन्दी है", True),
        ("helmet", "helmets", False),
        ("stem:en helmet", "helmets", True),
        ("brid*", "bridges", True),
        ("br?dge", "bridge", True),
        ("br?dge", "brdge", False),
        ('"the * bridge"', "the old bridge", True),
        ('"the * bridge"', "the bridge", False),
        ('"the * bridge"', "the very old bridge", False),
        ("{Apple}", "apple Apple", True),
        ("{Apple}", "apple pineApple Apples", False),
        ("{C++}", "we use C++, mostly", True),
        ("{“Apple”}", "an “Apple” a day", True),
        ('"a b"~1', "b x a", True),
        ('"a b"~1', "b x y a", False),
        ("a NEAR/1 b", "b x a", True),
        ("a ONEAR/1 b", "b x a", False),
        ("a NEAR/0 a", "a", False),
        ('"a b" NEAR/5 "b c"', "a b c", False),
        ("#rain", "so much #Rain", True),
        ("#rain", "#rainy rain", False),
        ("#rain*", "#rainy", True),
        ("@ana", "thanks @ana@example.org!", True),
        ("@ana", "ana@example.org", False),
        ("$brk.b", "buy $BRK.B now", True),
        ("🎉", "done 🎉", True),
        ("👍", "well 👍🏽", True),
        ("has:question", "really?", True),
    ],
)
def test_each_operator_finds_what_it_says(query: str, text: str, expected: bool) -> None:
    assert fits(query, text) is expected


def test_fields_ranges_and_flags_ask_about_the_post() -> None:
    post = {
        "author": "ana@example.org",
        "name": "Ana Lima",
        "to": ("ines",),
        "mentions": ("tomasz@example.org",),
        "links": ("https://sub.news.example/bridge?x=1",),
        "url": "https://social.example/1",
        "lang": "pt-BR",
        "network": "mastodon",
        "place": "Port Alder",
        "source": "feed",
        "likes": 10,
        "at": 1_793_491_200_000,  # 2026-11-01 in UTC
        "flags": frozenset({"reply", "media", "ours"}),
    }
    held = [
        "author:ana", 'author:"Ana Lima"', "author:lima", "from:ana", "from:@ana@example.org", "to:ines", "mentions:tomasz",
        "link:bridge", "site:news.example", "host:sub.news.example", "site:social.example", "lang:pt", "lang:pt_BR",
        "network:mastodon", 'place:"port alder"', "place:“Port Alder”", "source:feed", "likes:10..100", "likes:>=10",
        "likes:<11", "at:2026-11-01..", "at:2026-11", "at:..2026", "has:link", "has:media", "is:reply", "is:ours",
        "title:pier", "https://sub.news.example/bridge",
    ]  # fmt: skip
    lacking = [
        "author:an", "from:lima", "host:news.example", "site:ews.example", "lang:p", "likes:>10", "likes:<10", "followers:0..",
        "at:2026-10", "at:..2026-10-31", "has:question", "is:boost", "is:quote", "title:ferry", "author:🎉",
    ]  # fmt: skip
    assert [query for query in held if not fits(query, "ferry", title="The pier", **post)] == []
    assert [query for query in lacking if fits(query, "ferry", title="The pier", **post)] == []
    assert [
        query for query in lacking if not fits(f"ferry -{query}", "ferry", title="The pier", **post)
    ] == []


def test_title_and_text_are_never_near_each_other() -> None:
    assert not fits('"old bridge"', "bridge", title="old")
    assert not fits("old NEAR/100 bridge", "bridge", title="old")
    assert fits("old bridge", "bridge", title="old")
    assert not fits("#rain NEAR/5 bridge", "bridge", tags=("rain",))
    assert fits("#rain NEAR/0 bridge", "bridge", title="#rain bridge")


def test_why_points_at_the_letters_of_what_was_found() -> None:
    reading = Reading(Heard("wet 🎉 Old-bridge!", title="#rain"))
    assert why(parse('"old bridge" 🎉 #rain -dry'), reading) == [
        Why('"old bridge"', 6, 16),
        Why("🎉", 4, 5),
        Why("#rain", 0, 5, in_title=True),
    ]


# --- mistakes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "under", "says"),
    [
        ("", "", "at least one word"),
        ("(bridge ferry", "(", "not closed"),
        ("bridge)", ")", "no open parenthesis"),
        ("bridge ()", "()", "Nothing stands"),
        ('bridge "old', '"', "not closed"),
        ("bridge {old", "{", "not closed"),
        ("bridge }", "}", "no open brace"),
        ("bridge OR", "OR", "a word was expected"),
        ("OR bridge", "OR", "before it a word"),
        ("bridge AND OR ferry", "OR", "before it a word"),
        ("(bridge AND) x", ")", "a word was expected"),
        ("bridge NEAR ferry", "NEAR", "needs a number"),
        ("bridge NEAR/500 ferry", "NEAR/500", "At most 100"),
        ("bridge NEAR/" + "9" * 5_000 + " b", "NEAR/" + "9" * 5_000, "At most 100"),
        ("bridge NEAR/3 NOT ferry", "NOT", "NOT cannot stand here"),
        ("bridge NEAR/3 lang:en", "lang:en", "NEAR takes words"),
        ("x NEAR/3 (a OR (b c))", "a OR (b c", "Beside NEAR"),
        ('"a b"~900', '"a b"~900', "At most 100"),
        ('"..."', '"..."', "no word"),
        ("bridge ...", "...", "no letter"),
        ("bridge *", "*", "no letter"),
        ("autor:ana", "autor:", "did you mean “author:”"),
        ("zzzz:ana", "zzzz:", "Known are"),
        ("author: ana", "author:", "without a space"),
        ("author:-ana", "author:-ana", "before the field"),
        ('likes:"5" a', "likes:", "without quotation marks"),
        ("likes:many", "likes:many", "no number"),
        ("likes:9..3", "likes:9..3", "ends before"),
        ("likes:<0", "likes:<0", "ends before"),
        ("at:2026-13", "at:2026-13", "no day"),
        ("at:9999-12", "at:9999-12", "no day"),
        ("has:everything", "has:everything", "one of"),
        ("stem:xx bridge", "stem:xx", "one of"),
        ("stem:en", "stem:en", "needs words"),
        ("site:[x", "site:[x", "Nothing that can be compared"),
        ("from:list:crossings", "from:list:crossings", "stand words"),
        ("-bridge", "-bridge", "only leaves things out"),
        ("bridge OR NOT ferry", "NOT ferry", "only leaves things out"),
        ("list:nothing", "list:nothing", "no list"),
        ("list:round", "list:round", "holds itself"),
        ("list:broken", "list:broken", "not closed"),
        ("x" * 20_001, "x", "at most 20000"),
        ("(" * 101 + "a" + ")" * 101, "(", "100 deep"),
    ],
)
def test_a_mistake_is_shown_with_its_place_the_reason_and_an_example_that_is_right(
    query: str, under: str, says: str
) -> None:
    error = refused(query)
    assert query[slice(*error.at)] == under
    assert says in error.sentence
    line, marks = error.caret().split("\n")
    assert marks.strip("^ ") == ""
    if under and len(under) < 20:
        assert line[marks.index("^") :][: len(under)] == under
        assert marks.count("^") == len(under)
    parse(error.example, {"competitors": "a"})


def test_what_is_too_deep_or_too_much_is_refused_and_costs_little() -> None:
    for query in (
        "NOT " * 3_000 + "a",
        "a" + " NEAR/1 a" * 2_000,
        "title:" * 3_000 + "a",
        "a OR " * 3_000 + "a",
    ):
        assert refused(query).sentence.endswith(".")
    laughs = {f"l{depth}": " ".join([f"list:l{depth + 1}"] * 1_000) for depth in range(9)} | {"l9": "ha"}
    assert "at most 2000 terms" in refused("list:l0", laughs).sentence
    chain = {f"l{depth}": f"list:l{depth + 1}" for depth in range(50)} | {"l50": "ha"}
    assert "10 deep" in refused("list:l0", chain).sentence


def test_a_caret_stands_on_one_line_whatever_the_query_holds() -> None:
    error = refused("bridge\n\u2028\tferry OR")
    line, marks = error.caret().split("\n")
    assert line[marks.index("^") :] == "OR"


def test_notes_tell_what_costs_and_what_may_be_meant_otherwise() -> None:
    found = {query: [note.sentence.split(" ")[0] for note in notes(parse(query, LISTS))] for query in (
        "bridge", "br*", "*dge b?", "bridge and ferry", 'a "and" b', "lang:en likes:>3", "lang:en bridge", "lang:en OR bridge",
    )}  # fmt: skip
    assert found == {
        "bridge": [],
        "br*": [],
        "*dge b?": ["“*dge”", "“b?”"],
        "bridge and ferry": ["“and”"],
        'a "and" b': [],
        "lang:en likes:>3": ["This"],
        "lang:en bridge": [],
        "lang:en OR bridge": ["This"],
    }


# --- whatever anybody writes --------------------------------------------------------------------------------------

TOKENS = [
    "a", "bridge", "café", "ab*", "b?e", "*", "?", "東京", "🎉", "1️⃣", "AND", "OR", "NOT", "-", "(", ")", "( ", "NEAR/2", "ONEAR/0", "NEAR",
    '"old bridge"', '"a * b"', '"a b"~2', '"', "{C++}", "{", "}", "#tag", "#हिन्दी", "@ana", "@ana@example.org", "$brk", "author:", "author:ana",
    'place:"Port Alder"', "title:", "title:x", "site:x.example", "link:x/y", "lang:pt_BR", "likes:>3", "likes:<0", "at:2026-11..", "has:link", "is:",
    "list:crossings", "stem:en", "accents:any", "https://x.example/y?z=1", "and", "ß", "-x", "¨", "'s", "a:b", "“", "eases", "~3", ":", "//",
]  # fmt: skip


def tree_or_mistake(query: str) -> Node | QueryError:
    """The tree, or a mistake that can be shown."""
    try:
        return parse(query, LISTS)
    except QueryError as error:
        mistake = error
    assert mistake.sentence
    assert mistake.caret().count("\n") == 1
    assert 0 <= mistake.at[0] <= mistake.at[1] <= len(query)
    return mistake


@SHORT
@given(st.lists(st.tuples(st.sampled_from(TOKENS), st.sampled_from([" ", " ", " ", ""])), max_size=14))
@example([("stem:en", " "), ("eases", "")])
@example([("author:", ""), ("1️⃣", "")])
@example([("site:x.example", ""), ("🎉", "")])
@example([("https://x.example/y?z=1", ""), ("https://x.example/y?z=1", "")])
@example([('"', ""), ("?", ""), ('"', "")])
@example([("¨", ""), ("a", ""), ("*", "")])
def test_what_is_shown_of_a_query_reads_as_the_same_query(pieces: list[tuple[str, str]]) -> None:
    query = "".join(a + b for a, b in pieces)
    tree = tree_or_mistake(query)
    if isinstance(tree, QueryError):
        return
    assert parse(one_line(tree), LISTS) == tree
    holds(tree, Reading(Heard("old bridge 🎉 #tag", title="a")))


@SHORT
@given(st.one_of(st.text(max_size=60), st.text(alphabet='ab "(){}:-/~*?#@$.1NEARORNDT“\n', max_size=60)))
def test_nothing_but_a_query_error_comes_of_any_text(query: str) -> None:
    tree = tree_or_mistake(query)
    if not isinstance(tree, QueryError):
        assert holds(tree, Reading(Heard(query))) in (True, False)


@SHORT
@given(st.text(max_size=80).map(texts.normalise))
def test_words_with_their_places_are_the_words_of_a_text(text: str) -> None:
    assert [word.folded for word in located(text)] == texts.words(text)


def test_of_a_long_list_the_outline_shows_the_first_dozen_and_how_many_more_there_are() -> None:
    tree = parse("late list:names", {"names": " OR ".join(f"w{n}" for n in range(500))})
    lines = outline(tree)
    assert [(line.depth, line.operator, line.term) for line in lines[:5]] == [
        (0, "all", ""),
        (1, "", "late"),
        (1, "list", "names"),
        (2, "any", ""),
        (3, "", "w0"),
    ]
    assert (len(lines), lines[-1]) == (17, Line(3, "more", "488"))


# --- posts as nobody writes them ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "text", "fits"),
    [
        ("*a*a*a*a*a*a*a*b", "a" * 40_000, False),
        ("*a*a*a*a*a*a*a*b", "a" * 40_000 + "b", True),
        ("????????????????????????????????x", "x\u0302" * 20_000, False),
        ("(a NEAR/9 b) ONEAR/9 (a OR b) ONEAR/9 c", "c " + "a b " * 2_000, False),
        ('"a b a c"~20', "a b " * 10_000 + "c", True),
        ('"a a a b"~100', "a" + " b" * 20_000, False),
        ("a NEAR/1 b", "a " * 10_000 + "x y " + "b " * 10_000, False),
    ],
)
def test_a_very_long_post_of_one_thing_said_over_and_over_is_read_in_no_more_time_than_its_length(
    query: str, text: str, fits: bool
) -> None:
    """Each of these takes minutes to hours where time grows with the square of the length."""
    assert holds(parse(query), Reading(Heard(text))) is fits


def test_of_what_stands_in_very_many_places_the_first_are_told() -> None:
    found = why(parse("a NEAR/9 b ferry"), Reading(Heard("ferry " + "a b " * 5_000)))
    assert len(found) == 201
    assert found[-1] == Why("ferry", 0, 5)


@pytest.mark.parametrize("pattern", ["a*b", "*a*b*", "a?*b", "*ab*ba*", "?*?", "**a", "*a?a*", "*aa"])
def test_a_pattern_takes_the_words_that_a_plain_reading_of_it_takes(pattern: str) -> None:
    def plain(word: str, rest: str) -> bool:
        if not rest:
            return not word
        if rest[0] == "*":
            return any(plain(word[at:], rest[1:]) for at in range(len(word) + 1))
        return bool(word) and rest[0] in ("?", word[0]) and plain(word[1:], rest[1:])

    words = ["".join(letters) for length in range(7) for letters in product("ab", repeat=length)]
    assert [forms.fits(word, pattern) for word in words] == [plain(word, pattern) for word in words]


# --- habits of other languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("bridge near/3 closed", "“near/3” is looked for as a word here; the operator is written NEAR/3."),
        ("!bridge ferry", "write -bridge."),
        ("'old bridge' ferry", "Single quotation marks say nothing here"),
        ("‘old bridge’", "Single quotation marks say nothing here"),
        ('"old bridge" ~3', "it follows a phrase at once"),
        ("is the bridge closed?", "“closed?” asks for one more letter"),
        ("bridge lang:english", "“english” is no code of a language"),
    ],
)
def test_what_is_written_by_habit_and_means_something_else_here_is_noted(query: str, said: str) -> None:
    (note,) = notes(parse(query), query)
    assert said in note.sentence
    assert query[slice(*note.at)].strip()


@pytest.mark.parametrize(
    "query",
    [
        "br?dge NEAR/3 {why?} lang:en",
        "rock 'n' roll isn't",
        '"!a near/3 b" -ferry',
        "c++ 50% $5",
        '"old bridge"~3 ferry',
    ],
)
def test_what_is_written_rightly_is_not_noted(query: str) -> None:
    assert notes(parse(query), query) == []


@pytest.mark.parametrize(
    ("query", "said", "example"),
    [
        ("bridge && ferry", "the operator is written AND", "bridge AND ferry"),
        ("bridge | ferry", "the operator is written OR", "bridge OR ferry"),
        ('"old bridge"~', "After ~ a number was expected", '"bridge closed"~5'),
        ("bridge - dental", "without a space", "bridge -dental"),
        ("a \x00", "There is no letter and no digit in “ ”", "{\x00}"),
        ("?" * 9_000, f"“{'?' * 60}…”", "{…}"),
    ],
)
def test_what_stands_alone_without_a_word_is_answered_with_what_was_meant(
    query: str, said: str, example: str
) -> None:
    with pytest.raises(QueryError) as refused:
        parse(query)
    assert said in refused.value.sentence
    assert refused.value.example == example


@pytest.mark.parametrize(
    ("at", "fits"), [("07:59:59", False), ("08:00:00", True), ("09:00:59", True), ("09:01:00", False)]
)
def test_a_time_may_be_told_by_another_clock_than_that_of_utc(at: str, fits: bool) -> None:
    tree = parse("at:2026-11-01T09:00+01:00..2026-11-01T10:00+01:00")
    moment = int(datetime.fromisoformat(f"2026-11-01T{at}Z").timestamp() * 1000)
    assert holds(tree, Reading(Heard("x", at=moment))) is fits
