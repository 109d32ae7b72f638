"""Ninety quiet days before the story, so that charts and "unusual" have a past: everyday talk of a small town, made by
a small grammar. The same seed gives the same talk. Nobody in it speaks to the town hall, so no case comes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from colonnade.networks.base import Author, Item, Post
from colonnade.web.story.cast import WORLD

DAYS = 90
TOLD_DAYS = 6  # the latest days, which are told in full besides
SEED = 1887
_BUSY_HOURS = (7, 7, 7, 8, 8, 8, 9, 10, 11, 12, 12, 13, 15, 16, 16, 17, 17, 17, 18, 18, 19, 20, 20, 21, 22)
_EACH_DAY = (30, 29, 31, 32, 36, 27, 22)  # Monday to Sunday

_SPEAKERS = (
    ("bakery_quay", "Quay Street Bakery"), ("anneli_runs", "Anneli runs"), ("tidewatcher", "Tide Watcher"),
    ("mill_lane_4", "Mill Lane, number 4"), ("greta_grows", "Greta grows"), ("postie_finn", "Finn, post round 2"),
    ("night_nurse", "Night shift, ward 3"), ("dad_of_two", "Dad of two, one shoe"), ("fc_alder", "FC Alder, third team"),
    ("chess_quay", "Quay chess, Tuesdays"), ("window_seat", "Window seat, line 4"), ("old_slip", "The Old Slip boatyard"),
    ("market_eggs", "Eggs, Market Quay"), ("sixth_form", "Sixth form, back row"), ("lost_found", "Lost and found, Millside"),
    ("bell_ringer", "Thursday bell ringer"), ("two_dogs", "Two dogs, one lead"), ("fog_diary", "Fog diary"),
    ("knit_harbour", "Harbour knitters"), ("line4_regular", "Line 4 regular"), ("gran_of_six", "Gran of six"),
    ("kiosk_mag", "Magda at the kiosk"), ("allot_31", "Plot 31"), ("rower_jun", "Jun rows"),
)  # fmt: skip

# Topic, weight, sentences. {slots} are filled from below.
_TOPICS: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("ferry", 16, (
        "The {hour} ferry was {late} today. {shrug}",
        "{count} prams on one ferry and nobody lost a wheel. {praise}",
        "Calm crossing, {weather}, and the deckhand sang. #ferry",
        "Missed the ferry, met {somebody}, had {food}. {shrug}",
        "Is the ferry kiosk open on {day}? I want {food}.",
    )),
    ("bridge", 7, (
        "{weather} on the old bridge this morning, and {count} cyclists in it.",
        "The bridge keeper waved. I waved. {praise}",
        "Photographed the old bridge for the {ordinal} time. It still looks to the left.",
        "Slow over the bridge at {hour}: a van, a tractor, {count} geese.",
    )),
    ("weather", 14, (
        "{weather}. The washing {washing}.",
        "{weather} since {hour}. {shrug}",
        "Forecast said {weather_small}; it is {other_weather}. {shrug}",
    )),
    ("market", 12, (
        "On the market today: {food}, {food2}, and a queue of {count}.",
        "{somebody} has {food} again. Hurry.",
        "Paid {price} for {food}. I regret nothing.",
    )),
    ("bus", 11, (
        "Line 4 was {late} and full of {crowd}. {shrug}",
        "The driver of line 4 waited for {somebody}. {praise}",
        "Line 4 at {hour}: a seat, a window, {food}.",
    )),
    ("sport", 8, (
        "FC Alder lost {score}, with dignity until half time.",
        "{count} of us ran along the towpath. {weather_small}, no complaints.",
        "Chess on the quay: {somebody} resigned against {somebody2}, who is nine.",
    )),
    ("garden", 9, (
        "Plot 31 reports: {count} {crop}, one snail, no mercy.",
        "Too many {crop}. They are on the wall, please take some.",
        "{somebody} asked how I keep the {crop} so straight. I do not. {shrug}",
    )),
    ("lost", 6, (
        "Found at {where}: one {thing}. It misses you.",
        "Lost between {where} and the church: a {thing}, of no value except to me.",
    )),
    ("thanks", 9, (
        "Whoever carried my bags up at {where}: thank you. {praise}",
        "To {somebody}, who paid for my {food}: I owe you one.",
        "{praise} That was all I wanted to say about {day}.",
    )),
    ("grumble", 8, (
        "The bins at {where} are full again, and the gulls know it.",
        "A drill at {hour} on {day}. {shrug}",
        "Who parks a {vehicle} across two places at {where}?",
    )),
)  # fmt: skip
_SLOTS: dict[str, tuple[str, ...]] = {
    "hour": ("06:40", "07:20", "08:00", "12:20", "16:40", "17:40", "18:10", "20:20"),
    "late": ("two minutes late", "on time", "four minutes late", "early, which nobody expected", "almost on time"),
    "shrug": ("Well.", "It is what it is.", "I had a book.", "Tomorrow again.", "No harm done.", "I shall live."),
    "praise": ("Good people here.", "I like this town.", "That made my day.", "More of that, please."),
    "weather": ("Fog", "Sun and a thin wind", "Rain from the side", "Mist on the river", "A clear, cold morning"),
    "weather_small": ("sun", "rain", "fog", "wind from the east", "a mild day"),
    "other_weather": ("drizzling", "bright", "grey", "blowing", "nothing in particular"),
    "washing": ("is dry", "is wet again", "has left without me", "hangs and hopes"),
    "food": ("a cardamom bun", "smoked mackerel", "plum cake", "a cheese roll", "pea soup", "black tea"),
    "food2": ("late tomatoes", "honey from Millside", "six kinds of apple", "warm rolls", "crab"),
    "somebody": ("my neighbour", "the postman", "a lady with two dogs", "the baker", "somebody's grandfather"),
    "somebody2": ("Jun's sister", "a girl from form 4", "the baker's youngest", "somebody's grandmother"),
    "crowd": ("schoolbags", "choir people", "wet umbrellas", "football fans", "opinions"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "ordinal": ("tenth", "fortieth", "hundredth", "second"),
    "score": ("4:1", "3:0", "2:1", "5:2"),
    "price": ("3.20", "4.50", "2.80", "6.00"),
    "crop": ("courgettes", "beans", "leeks", "beetroots", "dahlias", "quinces"),
    "where": ("Market Quay", "Mill Landing", "Quay Street", "the church steps", "Millside"),
    "thing": ("child's glove", "blue scarf", "bicycle bell", "library book", "left shoe", "house key on a red string"),
    "vehicle": ("camper van", "boat trailer", "delivery van", "very small car"),
}  # fmt: skip


def posts_of(day: int, began: float) -> list[Item]:
    """What the town said on the `day`-th of the quiet days, 1 the latest, before a story that began at that second."""
    chance = random.Random(SEED * 1000 + day)
    noon = datetime.fromtimestamp(began, UTC) - timedelta(days=day)
    morning = noon.replace(hour=0, minute=0, second=0, microsecond=0)
    count = _EACH_DAY[morning.weekday()] + chance.randint(-2, 3)
    if day <= TOLD_DAYS:
        count //= 2
    return [_item(post) for post in _posts(day, morning, count, chance)]


def _posts(day: int, morning: datetime, count: int, chance: random.Random) -> Iterator[Post]:
    topics, weights = zip(*((sentences, weight) for _, weight, sentences in _TOPICS), strict=True)
    for number in range(count):
        account, name = chance.choice(_SPEAKERS)
        moment = morning + timedelta(hours=chance.choice(_BUSY_HOURS), seconds=chance.randrange(3600))
        yield Post(
            uri=f"pretend://{WORLD}/posts/quiet-{day}-{number}",
            author=Author(network="pretend", address=f"{account}@{WORLD}", name=name),
            text=_sentence(chance.choices(topics, weights)[0], chance),
            published=moment,
            lang="en",
        )


def _sentence(sentences: tuple[str, ...], chance: random.Random) -> str:
    filled = {slot: chance.choice(words) for slot, words in _SLOTS.items()}
    said = chance.choice(sentences).format(count=chance.randint(3, 14), **filled)
    return said[0].upper() + said[1:]


def _item(post: Post) -> Item:
    return Item(raw=b"", read=(post,), external_id=post.uri)
