"""Every screen does what it is for by keyboard alone: focus shows, is never lost, and everything has a name."""

from __future__ import annotations

import os
import re

import pytest
from msgspec.structs import replace
from playwright.sync_api import expect

from colonnade.conversations import actions as conversations
from colonnade.conversations.queries import conversation_by_id
from colonnade.inbox import actions as inbox
from colonnade.inbox.models import Case
from colonnade.listening import actions as listening
from colonnade.networks import base
from tests.journeys.house import House, seen
from tests.journeys.keyboard import Keyboard, nameless
from tests.journeys.passkeys import Device
from tests.world import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.browser,
    pytest.mark.skipif(
        os.environ.get("COLONNADE_DATABASE_URL", "").startswith("postgres"),
        reason="where focus goes does not depend on the database",
    ),
]


@pytest.fixture
def _django_db_helper(lasting_database: None) -> None:
    """One database for all tests of this file; each adds what it needs."""


def asked(house: House, words: str, name: str = "Grace") -> Case:
    """Somebody asks something."""
    return inbox.ask(house.world.questions, name=name, text=words, ip_or_key=words).case


def sound(keys: Keyboard) -> None:
    """The whole page can be walked through, and nothing on the way is without a name."""
    assert len(keys.walk_through()) > 3
    assert nameless(keys.page) == []


def test_today_is_worked_off_card_by_card(house: House) -> None:
    first, second = asked(house, "Is the lift working?"), asked(house, "Where do I park?", "Marek")
    page = house.page(house.world.ana, "/today")
    keys = Keyboard(page)
    seen(page, "Where do I park?")
    sound(keys)
    page.reload()
    keys.press("j", "r")
    keys.wait_on("textarea")
    keys.write("Yes, since noon.")
    keys.hold()
    asked(house, "Is the office open on Monday?", "Petra")
    page.get_by_text("Is the office open on Monday?").or_(page.locator("[data-new]")).first.wait_for()
    assert keys.is_held()
    keys.press("Control+Enter")
    page.locator("[data-toast]").first.wait_for()
    assert keys.stands()["tag"] == "textarea"
    keys.press("Escape")
    assert keys.stands()["tag"] == "article"
    keys.press("j", "h")
    keys.wait_on(".menu button")
    keys.press("Escape")
    assert keys.stands()["name"] == "Hand over"
    assert Case.objects.exclude(state="waiting").filter(pk__in=[first.pk, second.pk]).count() == 1


def test_the_inbox_is_read_chosen_from_and_answered(house: House) -> None:
    one = asked(house, "When does the library open?")
    asked(house, "May I bring my dog?", "Olga")
    page = house.page(house.world.ana, "/inbox")
    keys = Keyboard(page)
    sound(keys)
    page.reload()
    keys.press("j", "x", "j", "x")
    assert keys.stands()["text"].startswith('<a class="row"')
    seen(page, "2 chosen")
    keys.hold()
    asked(house, "Is there a market on Sunday?", "Ivan")
    page.locator("[data-new]").or_(page.get_by_text("Is there a market on Sunday?")).first.wait_for()
    assert keys.is_held()
    keys.to("Solved", back=True)
    keys.press("Enter")
    seen(page, "2 cases solved.")
    keys.stands()
    page.goto(f"{house.home}/inbox/{one.pk}")
    page.locator("[data-writes]").wait_for()
    keys.press("r")
    keys.wait_on("textarea")
    keys.write("At ten o'clock.")
    keys.hold()

    talk = inbox.note(one, "She has asked before.", by=house.world.lea)
    page.locator(f"[data-post='{talk.pk}']").wait_for()
    assert keys.is_held()
    keys.press("Control+Enter")
    page.get_by_text("Send anyway").or_(page.locator("[data-toast]")).first.wait_for()
    assert keys.stands()["tag"] == "textarea"
    keys.press("Escape")
    keys.stands()


def test_columns_are_read_moved_and_opened(house: House) -> None:
    world = house.world
    ferry = world.incoming("The ferry is late")
    conversations.receive(world.wire, [ferry])
    page = house.page(world.ana, "/columns")
    keys = Keyboard(page)
    seen(page, "The ferry is late")
    sound(keys)
    keys.press("j")
    keys.wait_on(".post")
    keys.hold()
    conversations.receive(world.wire, [world.incoming("The bridge is closed")])
    seen(page, "The bridge is closed")
    assert keys.is_held()
    said = replace(ferry.read[0], text="The ferry is very late")
    conversations.receive(world.wire, [base.Item(raw=b"again", read=(base.Edit(post=said),))])
    seen(page, "The ferry is very late")
    assert "very late" in keys.stands()["name"]
    keys.press("Enter")
    page.wait_for_url("**/conversations/*")


def test_words_are_searched_and_what_is_found_is_opened(house: House) -> None:
    house.world.start(house.world.town, "The carousel turns again", by=house.world.lea)
    page = house.page(house.world.ana, "/today")
    keys = Keyboard(page)
    keys.press("/")
    page.wait_for_url("**/search")
    keys.wait_on("input[type=search]")
    keys.write("carousel")
    keys.press("Enter")
    page.wait_for_url("**/search?q=carousel*")
    page.locator("a.result").first.wait_for()
    sound(keys)
    keys.press("j")
    keys.wait_on("a.row")
    keys.press("Enter")
    page.wait_for_url("**/conversations/*")


def test_the_palette_finds_a_place_and_gives_focus_back(house: House) -> None:
    page = house.page(house.world.ana, "/inbox")
    keys = Keyboard(page)
    keys.to("Search")
    before = keys.here()["text"]
    keys.press("Control+k")
    keys.wait_on("dialog input")
    assert nameless(page) == []
    keys.press("Escape")
    assert keys.stands()["text"] == before
    keys.press("Control+k")
    keys.wait_on("dialog input")
    keys.write("settings")
    expect(page.locator("[role=option][aria-selected=true]")).to_contain_text("Settings")
    keys.press("Enter")
    page.wait_for_url("**/settings")


def test_lists_are_offered_while_a_query_is_written(house: House) -> None:
    for name in ("trams", "trains"):
        listening.add_list(name, "tram OR train", by=house.world.lea)
    page = house.page(house.world.ana, "/listen/new?expert=1")
    keys = Keyboard(page)
    keys.wait_on("textarea[name=query]")
    keys.write("late list:tra")
    page.get_by_role("option", name="trains").wait_for()
    keys.press("ArrowDown", "Enter")
    expect(page.locator("textarea[name=query]")).to_have_value("late list:trams ")
    keys.write("list:")
    page.get_by_role("option", name="trains").wait_for()
    keys.press("Escape")
    page.get_by_role("listbox").wait_for(state="hidden")
    keys.wait_on("textarea[name=query]")


def test_a_watch_is_made_and_heard(house: House) -> None:
    world = house.world
    page = house.page(world.ana, "/listen")
    keys = Keyboard(page)
    keys.to("New watch")
    keys.press("Enter")
    page.wait_for_url("**/listen/new")
    keys.wait_on("input[name=topic]")
    sound(keys)
    page.reload()
    keys.wait_on("input[name=topic]")
    keys.write("tram")
    page.locator("#preview .so-many").wait_for()
    keys.wait_on("input[name=topic]")
    keys.to("Start listening")
    keys.press("Enter")
    page.wait_for_url(re.compile(r"/listen/\d+"))
    sound(keys)
    conversations.receive(world.wire, [world.incoming("A tram at last")])
    seen(page, "A tram at last")
    keys.press("j")
    keys.wait_on(".post")
    keys.hold()
    conversations.receive(world.wire, [world.incoming("Another tram")])
    seen(page, "Another tram")
    assert keys.is_held()


def test_something_is_written_and_kept_to_publish(house: House) -> None:
    page = house.page(house.world.tomasz, "/publish")
    keys = Keyboard(page)
    sound(keys)
    keys.to("Write")
    keys.press("Enter")
    page.wait_for_url("**/publish/new")
    keys.wait_on("textarea")
    sound(keys)
    page.reload()
    keys.wait_on("textarea")
    keys.write("The market moves to the quay.")
    keys.to("Town talk")
    keys.press("Space")
    seen(page, "Everyone on the web")
    keys.stands()
    keys.to("Keep as draft")
    keys.press("Enter")
    seen(page, "The market moves to the quay.")


def test_a_conversation_is_begun_in_a_space_and_goes_on(house: House) -> None:
    world = house.world
    world.start(world.town, "Lamps in Mill Lane", by=world.lea)
    page = house.page(world.ana, f"/spaces/{world.town.slug}")
    keys = Keyboard(page)
    sound(keys)
    page.reload()
    keys.press("j")
    keys.wait_on("a.row")
    keys.hold()
    world.start(world.town, "Benches on the quay", by=world.tomasz)
    page.locator("[data-new]").or_(page.get_by_text("Benches on the quay")).first.wait_for()
    assert keys.is_held()
    keys.press("r")
    keys.wait_on("textarea")
    keys.write("Who waters the trees?")
    keys.press("Control+Enter")
    page.wait_for_url("**/conversations/*")
    sound(keys)
    keys.to("Your words")
    keys.write("I could on Fridays.")
    keys.hold()
    talk = conversation_by_id(int(page.url.rsplit("/", 1)[1]))
    conversations.say(talk, "Thank you!", by=world.identity(world.lea))
    seen(page, "Thank you!")
    assert keys.is_held()
    keys.press("Control+Enter")
    expect(page.locator(".said", has_text="I could on Fridays.")).to_have_count(1)


def test_somebody_is_found_and_a_note_is_left(house: House) -> None:
    page = house.page(house.world.ana, "/people")
    keys = Keyboard(page)
    sound(keys)
    keys.press("/")
    keys.wait_on("input[type=search]")
    keys.write("Brandt")
    expect(page.locator("#people-list li")).to_have_count(1)
    keys.wait_on("input[type=search]")
    keys.to("Lea Brandt")
    keys.press("Enter")
    page.wait_for_url("**/people/*")
    page.locator("#note-text").wait_for()
    sound(keys)
    keys.to("A note about this person")
    keys.write("Speaks Polish.")
    keys.to("Keep note")
    keys.press("Enter")
    page.locator(".note-kept", has_text="Speaks Polish.").wait_for()
    keys.stands()


def test_all_settings_are_walked_through(house: House) -> None:
    page = house.page(house.world.tomasz)
    for part in ("", "/appearance", "/sign-in", "/sessions", "/notices", "/members", "/accounts", "/audit"):
        page.goto(f"{house.home}/settings{part}")
        sound(Keyboard(page))


def test_a_passkey_is_added_opens_the_house_alone_and_is_removed(house: House) -> None:
    home = house.home.replace("127.0.0.1", "localhost")  # plain http is secure there alone
    page = house.page(None)
    keys = Keyboard(page)
    page.goto(f"{home}/account/sign-in")
    sound(keys)
    device = Device(page)
    keys.to("Use a passkey")
    keys.press("Enter")
    seen(page, "No passkey was given")
    keys.stands()
    keys.to("E-mail", back=True)
    keys.write("lea@portalder.example")
    keys.press("Tab")
    keys.write(PASSWORD)
    keys.press("Enter")
    page.wait_for_url("**/today")

    page.goto(f"{home}/settings/sign-in")
    keys.to("Add a passkey")
    keys.press("Enter")
    _say_again_who_one_is(keys)
    page.wait_for_url("**/passkeys/add")
    device.know_the_finger(False)
    keys.to("Add it", back=True)
    keys.press("Enter")
    seen(page, "No passkey was given")
    device.know_the_finger(True)
    keys.press("Enter")
    page.wait_for_url("**/second/codes")
    page.goto(f"{home}/account/second/passkeys/add")
    keys.to("Add it")
    keys.press("Enter")
    seen(page, "This device has a passkey for your account already.")
    assert len(device.keys) == 1

    _leave(keys, home)
    keys.to("Use a passkey")
    keys.press("Enter")
    page.wait_for_url("**/today")
    page.goto(f"{home}/settings/sign-in")
    seen(page, "Signs you in without your password.")
    keys.to("Remove")
    keys.press("Enter")
    _say_again_who_one_is(keys)
    page.wait_for_url("**/remove")
    keys.to("Remove it")
    keys.press("Enter")
    page.wait_for_url("**/settings/sign-in")
    _leave(keys, home)
    keys.to("Use a passkey")
    keys.press("Enter")
    seen(page, "This passkey is not known here")
    assert len(device.keys) == 1  # the device does not know that yet


def _say_again_who_one_is(keys: Keyboard) -> None:
    """Before something is changed that opens the account."""
    keys.wait_on("[name=password]")
    keys.write(PASSWORD)
    keys.press("Enter")


def _leave(keys: Keyboard, home: str) -> None:
    """Sign out, and come to the door again."""
    keys.page.goto(f"{home}/account/sign-out")
    keys.to("Sign out")
    keys.press("Enter")
    keys.page.wait_for_url(f"{home}/")
    keys.page.goto(f"{home}/account/sign-in")


def test_one_changes_ones_own_name(house: House) -> None:
    page = house.page(house.world.lea, "/settings")
    keys = Keyboard(page)
    keys.to("Name")
    keys.press("Control+a")
    keys.write("Lea Brandt-Moser")
    keys.press("Enter")
    seen(page, "Saved.")
    expect(page.locator("[name=name]")).to_have_value("Lea Brandt-Moser")


def test_notices_are_read_while_more_come(house: House) -> None:
    world = house.world
    inbox.assign(asked(house, "Who repairs the clock?"), to=world.lea, by=world.ana)
    page = house.page(world.lea, "/notices")
    keys = Keyboard(page)
    page.locator("a.row").first.wait_for()
    sound(keys)
    page.reload()
    keys.press("j")
    keys.wait_on("a.row")
    keys.hold()
    before = page.locator("li.notice").count()
    inbox.assign(asked(house, "Who rings the bell?"), to=world.lea, by=world.ana)
    page.locator("[data-new]").or_(page.locator("li.notice").nth(before)).first.wait_for()
    assert keys.is_held()
    keys.press("Enter")
    page.wait_for_url("**/inbox/*")


def test_a_visitor_asks_reads_the_answer_and_says_more(house: House) -> None:
    page = house.page(None, "/")
    keys = Keyboard(page)
    sound(keys)
    page.reload()
    keys.to("Your question")
    keys.write("Is the pool heated?")
    keys.to("Your name")
    keys.write("Edith")
    keys.to("Ask")
    keys.press("Enter")
    page.wait_for_url("**/talk/*")
    sound(keys)
    keys.to("Write more")
    keys.write("And how warm is it?")
    keys.hold()
    inbox.reply(Case.objects.latest("pk"), "Yes, it is.", by=house.world.ana)
    seen(page, "Yes, it is.")
    assert keys.is_held()
    keys.press("Control+Enter")
    page.locator(".said", has_text="And how warm is it?").wait_for()
    assert nameless(page) == []


def test_nothing_complained_on_the_way(house: House) -> None:
    assert house.faults == []
