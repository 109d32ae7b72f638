"""Letters of lists that come in for an address of ours: what they say, which link confirms, which one ends them."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from colonnade.networks.base import Post, Unreadable
from colonnade.networks.conformance import check
from colonnade.networks.http import Client
from colonnade.networks.newsletters.connector import CONFIRM, NewsletterConnector
from colonnade.networks.newsletters.links import links_in_text, seen
from colonnade.primitives import html as house_html

pytestmark = pytest.mark.corpora  # no database: once is enough

OURS = "listen+0123456789abcdef@portalder.example"
PIXEL = '<img src="https://track.news.example/p.gif?who=7" width="1" height="1">'


def letter(subject: str, text: str = "", html: str = "", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"] = "Harbour Herald <letter@herald.example>", OURS
    made["Subject"], made["Message-ID"] = subject, "<7@herald.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text or "See the other part.")
    if html:
        made.add_alternative(html, subtype="html")
    return bytes(made)


def read(payload: bytes) -> Post:
    (post,) = NewsletterConnector(OURS, {}, Client()).read(payload)
    assert isinstance(post, Post), post
    return post


def test_a_letter_is_a_post_of_its_sender_with_its_links_and_without_its_pictures() -> None:
    post = read(
        letter(
            "News from the quay",
            html=f"<div style='display:none'>Only for lists of mail</div>{PIXEL}"
            "<p><a href='https://herald.example/view/7'>View in browser</a></p>"
            "<p>The <a href='https://herald.example/crane'>crane</a> works again.</p>"
            "<a href='https://herald.example/off?u=7'>Unsubscribe</a>",
        )
    )
    assert (post.title, post.author.address, post.author.name) == (
        "News from the quay",
        "letter@herald.example",
        "Harbour Herald",
    )
    assert post.url == "https://herald.example/view/7"
    shown = str(house_html.clean(post.html))
    assert 'href="https://herald.example/crane"' in shown
    assert 'href="https://herald.example/off?u=7"' in shown
    assert "track.news.example" not in post.html
    assert "Only for lists" not in shown
    assert (post.audience, CONFIRM in post.tags) == ("public", False)


def test_a_letter_that_asks_for_confirmation_has_its_link_on_top() -> None:
    post = read(
        letter(
            "Please confirm your subscription",
            text="Please confirm your subscription to Quay News:\nhttps://herald.example/c/abc\n\n"
            "To unsubscribe: https://herald.example/off",
        )
    )
    assert post.tags == (CONFIRM,)
    assert post.text.startswith("This letter asks to confirm the subscription.")
    assert "press:\nhttps://herald.example/c/abc\n\nPlease confirm" in post.text


def test_a_german_letter_with_a_button_is_told_in_german() -> None:
    post = read(
        letter(
            "Bitte bestätigen Sie Ihre Anmeldung zum Newsletter",
            html="<p>Bitte bestätigen Sie Ihre Anmeldung.</p><a href='https://hafen.example/x?t=1&amp;u=2'>"
            "<span>Ja, ich will</span> die Briefe</a> <a href='https://hafen.example/ja'>Jetzt bestätigen</a>",
        )
    )
    assert CONFIRM in post.tags
    assert "Dieser Brief bittet" in post.html
    assert '<a href="https://hafen.example/ja">Bestätigen bei hafen.example</a>' in post.html


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (
            "The mayor confirms the new bridge",
            "The council confirmed it. https://herald.example/confirmed-bridge",
        ),
        ("Confirm your subscription", "There is no link in this letter at all."),
        ("Manage your subscription", "You may unsubscribe: https://herald.example/unsubscribe/confirm"),
    ],
)
def test_other_letters_do_not_ask_to_be_confirmed(subject: str, text: str) -> None:
    assert read(letter(subject, text)).tags == ()


def test_the_end_of_a_list_is_shown_where_the_letter_itself_hides_it() -> None:
    plain = read(
        letter("News", "Fog.", List_Unsubscribe="<mailto:off@herald.example>, <https://herald.example/off>")
    )
    assert plain.text.endswith("Unsubscribe: https://herald.example/off")
    mail = read(
        letter("News", html="<p>Fog.</p>", List_Unsubscribe="<mailto:off@herald.example?subject=off>")
    )
    assert 'href="mailto:off@herald.example?subject=off"' in str(house_html.clean(mail.html))
    known = read(
        letter("News", "Fog. Unsubscribe here https://x.example/u", List_Unsubscribe="<https://y.example/>")
    )
    assert "y.example" not in known.text


def test_no_address_of_another_kind_becomes_a_link() -> None:
    bad = "<a href='javascript:alert(1)'>Confirm your subscription</a>"
    post = read(
        letter("Confirm your newsletter", html=f"<p>Please confirm.</p>{bad}", Archived_At="<file:///etc/x>")
    )
    assert (post.tags, post.url) == ((), "")
    assert "javascript" not in str(house_html.clean(post.html))


def test_links_of_a_letter_are_found_in_both_forms() -> None:
    markup, links = seen(
        "<p>a<img src=x>b <a href=' https://a.example/1 '>one <b>two</b></a></p><a href='#x'>x</a>"
    )
    assert [(one.url, one.label) for one in links] == [("https://a.example/1", "one two")]
    assert "ab" in markup
    assert seen("")[1] == []
    found = links_in_text("Press here:\n<https://a.example/1>.\nor (https://b.example/2).")
    assert [(one.url, one.label) for one in found] == [
        ("https://a.example/1", "Press here:"),
        ("https://b.example/2", "or"),
    ]


def test_letterboxes_keep_the_promises_of_connectors() -> None:
    good = [letter("News", "Fog."), letter("Confirm your newsletter", "Confirm: https://herald.example/c")]
    assert check(lambda: NewsletterConnector(OURS, {}, Client()), payloads=good) == []
    (empty,) = NewsletterConnector(OURS, {}, Client()).read(b"")
    assert isinstance(empty, Unreadable)
