"""Mail: what leaves through a real relay on loopback, and what is read of messages that come in."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as modern
from functools import partial
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from colonnade.networks.base import (
    Media,
    NetworkError,
    Outgoing,
    Post,
    Refused,
    SignInNeeded,
    TryLater,
    Uncertain,
    Unreachable,
    Unreadable,
)
from colonnade.networks.conformance import check
from colonnade.networks.http import Client
from colonnade.networks.mail.connector import MailConnector
from colonnade.networks.mail.quotes import without_quote
from colonnade.networks.mail.read import read_message
from colonnade.networks.registry import connect

pytestmark = pytest.mark.corpora  # no database: run once, not once a database

OURS = "service@portalder.example"


class Takes:
    """A relay that takes everything and keeps it."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope)
        return "250 Taken"

    def message(self, number: int = -1) -> EmailMessage:
        message = message_from_bytes(self.kept[number].content, policy=modern)
        assert isinstance(message, EmailMessage)
        return message


class HangsUpAfterTheDot(Takes):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope)
        server.transport.abort()
        return "250 Too late"


class HangsUpBeforeTheText(Takes):
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        server.transport.abort()
        return "250 Too late"


class AnswersTheRecipient(Takes):
    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        return self.answer


class AnswersTheText(Takes):
    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        return self.answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def relay(handler: Takes, **options: Any) -> Iterator[dict[str, Any]]:
    """Credentials of a relay on loopback that works as `handler` says."""
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield {"host": "127.0.0.1", "port": controller.port, "starttls": False, "timeout_s": 10}
    finally:
        controller.stop()


@contextmanager
def says(*lines: bytes) -> Iterator[dict[str, Any]]:
    """Credentials of something that greets with the first line, answers with the others, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                for number, line in enumerate(lines):
                    if number:
                        connection.recv(4096)
                    connection.sendall(line + b"\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield {
            "host": "127.0.0.1",
            "port": server.getsockname()[1],
            "starttls": False,
            "timeout_s": 10,
        }
        thread.join(10)


def connector(credentials: dict[str, Any], address: str = OURS) -> MailConnector:
    return MailConnector(address, credentials, Client())


def sent(outgoing: Outgoing, key: str = "k1", **credentials: Any) -> EmailMessage:
    handler = Takes()
    with relay(handler) as found:
        connector(found | credentials).write(outgoing, key)
    return handler.message()


# --- out ------------------------------------------------------------------------------------------------------------


def test_a_message_goes_out_with_its_headers_and_comes_back_as_the_same_words() -> None:
    handler = Takes()
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    said = Outgoing(
        text="Liebe Frau Okafor,\n.\n..der Aufzug fährt wieder.\n",
        html="<p>Der Aufzug fährt wieder.</p>",
        title="Ihr Aufzug – gute Nachricht",
        to="Ada Okafor <ada@okafor.example>",
        reply_to="mid:CAF%2Fquestion@mail.okafor.example",
        lang="de",
        sent_at=moment,
    )
    with relay(handler) as credentials:
        receipt = connector(credentials | {"from": f"Port Alder <{OURS}>"}).write(said, "delivery-7")
    envelope, message = handler.kept[0], handler.message()
    assert (envelope.mail_from, envelope.rcpt_tos) == (OURS, ["ada@okafor.example"])
    assert message["Message-ID"] == "<delivery-7@portalder.example>"
    assert (receipt.key, receipt.uri) == ("delivery-7", "mid:delivery-7@portalder.example")
    assert message["In-Reply-To"] == message["References"] == "<CAF/question@mail.okafor.example>"
    assert message["Subject"] == said.title
    assert message["Date"].datetime == moment
    assert message["From"].addresses[0].display_name == "Port Alder"
    assert message["Content-Language"] == "de"
    assert envelope.content.isascii()
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == said.text
    assert html.get_content().strip() == said.html
    (read,) = connector({}).read(envelope.content)
    assert isinstance(read, Post)
    assert (read.uri, read.text, read.reply_to) == (receipt.uri, said.text.strip(), said.reply_to)
    assert (read.author.address, read.published, read.audience) == (OURS, moment, "restricted")


def test_the_same_key_gives_the_same_message_id_and_another_key_another() -> None:
    said = Outgoing(text="The lift works again.", to="ada@okafor.example")
    odd = "a key with spaces/äöü\r\nBcc: x@example.org"
    ids = [sent(said, key)["Message-ID"] for key in ("k1", "k1", "k2", odd, odd)]
    assert ids[0] == ids[1] != ids[2]
    assert ids[3] == ids[4]
    assert ids[3].isascii()


def test_a_long_id_of_the_message_answered_stays_in_one_piece() -> None:
    long = "DB7PR04MB" + "x" * 180 + "@DB7PR04MB.eurprd04.prod.outlook.example"
    message = sent(Outgoing(text="Yes.", to="ada@okafor.example", reply_to=f"mid:{long}"))
    assert message["In-Reply-To"] == f"<{long}>"


def test_a_post_of_another_network_is_no_message_that_could_be_answered() -> None:
    message = sent(Outgoing(text="Yes.", to="ada@okafor.example", reply_to="https://example.org/1"))
    assert message["In-Reply-To"] is None


def test_files_are_told_by_their_address_and_a_missing_subject_is_made_of_the_words() -> None:
    plan = Media(url="https://portalder.example/plan.pdf", description="The plan")
    message = sent(Outgoing(text="See the plan.", to="ada@okafor.example", media=(plan,)))
    assert message.get_content().splitlines() == [
        "See the plan.",
        "",
        "The plan: https://portalder.example/plan.pdf",
    ]
    assert message["Subject"].startswith("See the plan.")


@pytest.mark.parametrize(
    "said",
    [
        Outgoing(text="x", to="ada@okafor.example\r\nRCPT TO:<all@example.org>"),
        Outgoing(text="x", to="ada@okafor.example, bob@example.org"),
        Outgoing(text="x", to="ada@okafor.example", title="Hello\nBcc: all@example.org"),
        Outgoing(text="x", to="ada@okafor.example", reply_to="mid:a@b\r\nBcc: all@example.org"),
        Outgoing(text="x", to="Ada\r\nBcc: all@example.org <ada@okafor.example>"),
        Outgoing(text="x", to="ada@okafor.example", lang="de\r\nBcc: all@example.org"),
        Outgoing(text="x", to=""),
        Outgoing(text="x", to="nobody"),
        Outgoing(text="x", to="@example.org"),
        Outgoing(text="x", to="ada@exa mple.org"),
        Outgoing(text="x", to="ada@-.."),
        Outgoing(text=" ", to="ada@okafor.example"),
        Outgoing(text="half \ud83d", to="ada@okafor.example"),
    ],
)
def test_what_cannot_be_a_message_is_refused_with_a_reason_and_never_reaches_the_relay(
    said: Outgoing,
) -> None:
    handler = Takes()
    with relay(handler) as credentials, pytest.raises(Refused, match=r"\w"):
        connector(credentials).write(said, "k1")
    assert handler.kept == []


def test_an_encoded_line_break_in_the_answered_id_starts_no_new_header() -> None:
    message = sent(Outgoing(text="x", to="a@example.org", reply_to="mid:a%0D%0ABcc:%20all@example.org"))
    assert message["Bcc"] is None
    assert message["In-Reply-To"] is None


def test_domains_with_other_letters_travel_as_ascii_and_local_parts_need_a_relay_that_knows_them() -> None:
    handler = Takes()
    with relay(handler, enable_SMTPUTF8=True) as credentials:
        connector(credentials).write(Outgoing(text="Grüße", to="ada@fähre.example"), "k1")
        connector(credentials).write(Outgoing(text="Grüße", to="zoë@example.org"), "k2")
    assert handler.kept[0].rcpt_tos == ["ada@xn--fhre-loa.example"]
    assert handler.kept[1].rcpt_tos == ["zoë@example.org"]
    with relay(handler, enable_SMTPUTF8=False) as credentials, pytest.raises(Refused, match="letters"):
        connector(credentials).write(Outgoing(text="Grüße", to="zoë@example.org"), "k3")


# --- out, when it goes wrong ------------------------------------------------------------------------------------------

HELLO = Outgoing(text="The lift works again.", to="ada@okafor.example")


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (lambda: AnswersTheRecipient("451 4.7.1 Greylisted, try again"), TryLater),
        (lambda: AnswersTheRecipient("550 5.1.1 No such user"), Refused),
        (lambda: AnswersTheRecipient("530 5.7.0 Authentication required"), SignInNeeded),
        (lambda: AnswersTheText("452 4.3.1 Disk full"), TryLater),
        (lambda: AnswersTheText("554 5.7.1 Spam"), Refused),
        (lambda: AnswersTheText("354 What?"), Uncertain),
        (HangsUpBeforeTheText, TryLater),
        (HangsUpAfterTheDot, Uncertain),
    ],
)
def test_what_the_relay_answers_is_told_by_whether_it_took_anything(
    handler: Callable[[], Takes], error: type[NetworkError]
) -> None:
    with relay(handler()) as credentials, pytest.raises(NetworkError) as raised:
        connector(credentials).write(HELLO, "k1")
    assert raised.type is error
    assert raised.value.reached is (error is Uncertain)


def test_a_message_that_was_taken_without_an_answer_is_uncertain_and_really_there() -> None:
    handler = HangsUpAfterTheDot()
    with relay(handler) as credentials, pytest.raises(Uncertain):
        connector(credentials).write(HELLO, "k1")
    assert len(handler.kept) == 1


def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        connector({"host": "127.0.0.1", "port": free_port(), "starttls": False}).write(HELLO, "k1")
    with pytest.raises(Unreachable):
        connector({"host": "no-such-relay.invalid", "starttls": False}).write(HELLO, "k1")


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ((b"421 Busy",), TryLater),
        ((b"554 Not you",), Refused),
        ((b"",), TryLater),
        ((b"HTTP/1.1 400 Bad Request",), TryLater),
        ((b"220 hello", b"421 Closing"), TryLater),
    ],
)
def test_a_strange_greeting_takes_nothing(lines: tuple[bytes, ...], error: type[NetworkError]) -> None:
    with says(*lines) as credentials, pytest.raises(NetworkError) as raised:
        connector(credentials).write(HELLO, "k1")
    assert raised.type is error


@pytest.mark.parametrize(
    "credentials",
    [
        {},
        {"host": "relay.example", "port": "smtp"},
        {"host": "relay.example", "tls": "sometimes"},
        {"host": "relay.example", "starttls": False, "user": "us", "password": "p"},
        {"host": "127.0.0.1", "ca": "no certificate", "tls": "implicit"},
    ],
)
def test_a_relay_that_is_not_set_up_pauses_the_account_instead_of_losing_the_message(
    credentials: dict[str, Any],
) -> None:
    with pytest.raises(SignInNeeded):
        connector(credentials).write(HELLO, "k1")


def test_an_account_without_an_address_pauses_too() -> None:
    with pytest.raises(SignInNeeded, match="address"):
        connector({"host": "127.0.0.1"}, address="service").write(HELLO, "k1")


def _signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"us", b"right"), handled=False)


def test_a_relay_that_wants_a_password_gets_it_and_a_wrong_one_asks_for_a_new_sign_in() -> None:
    handler = Takes()
    options = {"authenticator": _signs_in, "auth_required": True, "auth_require_tls": False}
    with relay(handler, **options) as credentials:
        connector(credentials | {"user": "us", "password": "right"}).write(HELLO, "k1")
        with pytest.raises(SignInNeeded):
            connector(credentials | {"user": "us", "password": "wrong"}).write(HELLO, "k2")
        with pytest.raises(SignInNeeded):
            connector(credentials).write(HELLO, "k3")
    assert len(handler.kept) == 1


def _certificate(folder: Any) -> tuple[ssl.SSLContext, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "relay.pem").write_bytes(pem + private)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "relay.pem")
    return context, pem.decode()


def test_starttls_trusts_the_relays_own_certificate_only_when_told_to(tmp_path: Any) -> None:
    context, pem = _certificate(tmp_path)
    handler = Takes()
    with relay(handler, tls_context=context, require_starttls=True) as credentials:
        secured = credentials | {"host": "localhost", "starttls": True}
        connector(secured | {"ca": pem}).write(HELLO, "k1")
        with pytest.raises(Unreachable):
            connector(secured).write(HELLO, "k2")
    assert len(handler.kept) == 1


def test_a_relay_without_starttls_never_sees_the_message_when_tls_was_asked_for() -> None:
    handler = Takes()
    with relay(handler) as credentials, pytest.raises(SignInNeeded, match="STARTTLS"):
        connector(credentials | {"starttls": True}).write(HELLO, "k1")
    assert handler.kept == []


# --- in ---------------------------------------------------------------------------------------------------------------


def read(payload: bytes | str) -> Post:
    (post,) = read_message(payload.encode() if isinstance(payload, str) else payload)
    assert isinstance(post, Post), post
    return post


HEAD = "From: Ada Okafor <Ada@Okafor.example>\nMessage-ID: <q1@okafor.example>\nSubject: The lift\n"


def test_a_plain_message_is_a_restricted_post_of_its_sender() -> None:
    post = read(f"{HEAD}Date: Mon, 2 Mar 2026 10:30:00 +0100\n\nIs it working?\n")
    assert post.uri == "mid:q1@okafor.example"
    assert (post.author.network, post.author.address, post.author.name) == (
        "mail",
        "ada@okafor.example",
        "Ada Okafor",
    )
    assert (post.title, post.text, post.audience) == ("The lift", "Is it working?", "restricted")
    assert post.published == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ("In-Reply-To: <k1@portalder.example>\n", "mid:k1@portalder.example"),
        ("References: <old@x> <k1@portalder.example>\n", "mid:k1@portalder.example"),
        ("In-Reply-To: Your message of Monday <k1@portalder.example>\n", "mid:k1@portalder.example"),
        ("In-Reply-To: nonsense\n", ""),
    ],
)
def test_an_answer_names_what_it_answers(headers: str, answered: str) -> None:
    assert read(f"{HEAD}{headers}\nYes.\n").reply_to == answered


def test_a_message_without_an_id_has_the_same_name_each_time_it_comes() -> None:
    first, again = read("From: a@example.org\n\nHello\n"), read("From: a@example.org\n\nHello\n")
    other = read("From: a@example.org\n\nHello!\n")
    assert first.uri == again.uri != other.uri


@pytest.mark.parametrize(
    ("written", "address", "name"),
    [
        ("ana@example.org", "ana@example.org", ""),
        ("ana@example.org (Ana at the desk)", "ana@example.org", "Ana at the desk"),
        ('"Okafor, Ada" <ada@example.org>', "ada@example.org", "Okafor, Ada"),
        ("=?utf-8?Q?Zo=C3=AB?= <zoe@example.org>", "zoe@example.org", "Zoë"),
        ("=?iso-8859-1?q?Ad=E9?= =?iso-8859-1?q?le?= <a@example.org>", "a@example.org", "Adéle"),
        ("Ana <ana@Fähre.example>", "ana@xn--fhre-loa.example", "Ana"),
        ("a@example.org, Bob <b@example.org>", "b@example.org", "Bob"),
        ("MAILER-DAEMON (Mail Delivery System)", "mailer-daemon", "Mail Delivery System"),
    ],
)
def test_senders_are_told_however_they_are_written(written: str, address: str, name: str) -> None:
    author = read(f"From: {written}\n\nHello\n").author
    assert (author.address, author.name) == (address, name)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "cp1252"),
        ("us-ascii", "utf-8"),
        ("no-such-charset", "utf-8"),
        ("utf-8", "cp1252"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-16"),
        ("punycode", "utf-8"),
    ],
)
def test_charsets_are_guessed_where_the_label_lies(label: str, codec: str) -> None:
    head = f"From: a@example.org\nContent-Type: text/plain; charset={label}\n\n".encode()
    assert read(head + "Die Fähre „Alder“ fährt".encode(codec)).text == "Die Fähre „Alder“ fährt"


def test_transfer_encodings_are_undone_even_broken_ones() -> None:
    head = "From: a@example.org\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    assert read(f"{head}quoted-printable\n\nDie F=C3=A4hre=\n n=E4=G\n").text.startswith("Die Fähre n")
    assert read(f"{head}base64\n\nRGllIEbDpGhyZQ==\n").text == "Die Fähre"
    assert read(f"{head}base64\n\nRGllIEbDp\n GhyZQ\n*").text == "Die Fähre"
    assert read(f"{head}x-unheard-of\n\nAs it is\n").text == "As it is"


def test_of_html_and_text_both_are_kept_and_html_alone_is_told_as_text() -> None:
    message = EmailMessage()
    message["From"], message["Subject"] = "ada@okafor.example", "Both"
    message.set_content("Plain words\n")
    message.add_alternative("<p>Fine <b>words</b></p>", subtype="html")
    post = read(message.as_bytes())
    assert (post.text, post.html.strip()) == ("Plain words", "<p>Fine <b>words</b></p>")
    alone = (
        "From: a@example.org\nContent-Type: text/html\n\n"
        "<style>p {}</style><p>One</p><p>Two<br>Three &amp; four</p><script>x()</script>"
    )
    assert read(alone).text == "One\n\nTwo\nThree & four"


def test_attachments_are_told_and_not_carried() -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "ada@okafor.example", "<q2@okafor.example>"
    message.set_content("See the picture.")
    message.add_attachment(
        b"\x89PNG" + bytes(3000), maintype="image", subtype="png", filename="Lift größe.png"
    )
    message.add_attachment("a,b\n1,2\n", subtype="csv", filename="times.csv")
    message.add_attachment("Just words\n", filename="notes.txt")
    post = read(message.as_bytes())
    assert post.text.strip() == "See the picture."
    assert [(each.media_type, each.description) for each in post.media] == [
        ("image/png", "Lift größe.png"),
        ("text/csv", "times.csv"),
        ("text/plain", "notes.txt"),
    ]
    assert abs(post.media[0].size - 3004) < 100
    assert post.media[0].url.startswith("mid:q2@okafor.example/")


def test_a_report_of_failed_delivery_names_the_message_that_failed_and_is_no_persons_word() -> None:
    report = (
        "From: MAILER-DAEMON <>\nSubject: Undelivered\nAuto-Submitted: auto-replied\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        "--b\n\nYour message could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nStatus: 5.1.1\n"
        "--b\nContent-Type: message/rfc822\n\nFrom: service@portalder.example\n"
        "Message-ID: <k1@portalder.example>\n\nHello\n--b--\n"
    )
    post = read(report)
    assert post.reply_to == "mid:k1@portalder.example"
    assert set(post.tags) == {"bounce", "automatic"}
    assert post.text == "Your message could not be delivered."


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes!\n\nOn Mon, 2 Mar 2026, Ana wrote:\n> Does it work?\n> Ana\n", "Yes!"),
        ("Ja!\n\nAm 02.03.2026 um 10:30 schrieb Ana\n<ana@example.org>:\n> Geht es?\n", "Ja!"),
        ("Oui\n\nLe lun. 2 mars 2026 à 10:30, Ana a écrit :\n\n> Ça marche ?", "Oui"),
        ("Yes\n-----Original Message-----\nFrom: Ana\nDoes it work?", "Yes"),
        (
            "Yes\n\n________________________________\nFrom: Ana\nSent: Monday\nTo: Ada\nSubject: Lift\n\nHi",
            "Yes",
        ),
        ("Ja\n\nVon: Ana\nGesendet: Montag\nAn: Ada\nBetreff: Aufzug\n\nHallo", "Ja"),
        ("Yes!\n> Does it work?\n\n-- \nAda", "Yes!"),
        ("Yes!\n> Does it work?\nSent from my phone", "Yes!"),
    ],
)
def test_a_quoted_tail_is_cut_off(text: str, new: str) -> None:
    assert without_quote(text) == new


@pytest.mark.parametrize(
    "text",
    [
        "> Does it work?\nYes.\n> And the stairs?\nToo.",
        "On Mon, Ana wrote:\n> Does it work?\nYes!",
        "> Only quoted\n> words",
        "Three things:\nFrom: the harbour\nit takes ten minutes.",
        "On Monday I wrote: nothing.\nAnd nobody answered.",
        "",
    ],
)
def test_in_doubt_nothing_is_cut_off(text: str) -> None:
    assert without_quote(text) == text


def test_only_answers_lose_their_tail_and_forwarded_words_stay() -> None:
    body = "See below\n\nOn Mon, Ana wrote:\n> The lift works.\n"
    head = "From: a@example.org\n"
    assert read(f"{head}Subject: Re: Lift\n\n{body}").text == "See below"
    assert "The lift works" in read(f"{head}Subject: Fwd: Lift\nIn-Reply-To: <x@y>\n\n{body}").text
    assert "The lift works" in read(f"{head}Subject: Lift\n\n{body}").text


def test_html_answers_lose_the_quote_that_the_mail_program_marked() -> None:
    head = "From: a@example.org\nSubject: Re: Lift\nContent-Type: text/html\n\n"
    quoted = '<div class="gmail_quote">On Mon Ana wrote:<blockquote type="cite">Old words</blockquote></div>'
    post = read(f"{head}<p>New words</p>{quoted}")
    assert ("New words" in post.html, "Old words" in post.html, post.text) == (True, False, "New words")
    between = read(f"{head}{quoted}<p>New words</p>")
    assert "Old words" in between.html
    outlook = read(f"{head}<p>New words</p><div id=divRplyFwdMsg>From: Ana</div><p>Old words</p>")
    assert "Old words" not in outlook.html


@pytest.mark.parametrize(
    ("date", "published"),
    [
        ("Mon, 31 Dec 9999 23:59:59 -2359", None),
        ("Mon, 01 Jan 0600 00:00:00 +0000", None),
        ("yesterday", None),
        ("Mon, 2 Mar 2026 10:30:00", datetime(2026, 3, 2, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_date_that_cannot_be_is_no_date(date: str, published: datetime | None) -> None:
    assert read(f"From: a@example.org\nDate: {date}\n\nHello\n").published == published


def _nested(levels: int) -> bytes:
    opened = [
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(levels)
    ]
    return b"From: a@example.org\r\n" + b"".join(opened) + b"\r\nInside\r\n"


BOMBS = {
    "100,000 levels": _nested(100_000),
    "half a million parts": b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 500_000,
    "borders that are none": b"From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--bb\r\n" * 1_000_000,
    "no sender": b"Subject: x\r\n\r\nHello",
    "nothing said": b"From: a@example.org\r\n\r\n\r\n",
    "only combining marks": b"From: a@example.org\r\n\r\n" + "\u0301\u0302".encode() * 100,
    "nothing": b"  \n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_no_honest_message_says_why_it_cannot_be_read(name: str) -> None:
    (thing,) = read_message(BOMBS[name])
    assert isinstance(thing, Unreadable)
    assert thing.reason.endswith(".")


def test_a_few_levels_are_honest() -> None:
    assert read(_nested(15)).text == "Inside"


def test_broken_header_lines_cost_only_themselves() -> None:
    post = read("From : a@example.org\nwhat is this line\nSubject: =?utf-8?b?!!!?= lift\nX-Y\n\nHello\n")
    assert (post.author.address, post.title, post.text) == ("a@example.org", "lift", "Hello")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000), st.binary(max_size=300))
def test_no_message_is_too_odd_to_be_read(body: bytes, head: bytes) -> None:
    for payload in (body, b"From: a@example.org\r\nSubject: " + head + b"\r\n" + body):
        (thing,) = read_message(payload)
        assert isinstance(thing, Post | Unreadable)


# --- the contract -----------------------------------------------------------------------------------------------------


def test_the_mail_connector_keeps_every_promise_of_a_connector() -> None:
    good = f"{HEAD}Date: Mon, 2 Mar 2026 10:30:00 +0100\n\nIs it working?\n".encode()
    dropping, nobody = HangsUpAfterTheDot(), {"host": "127.0.0.1", "port": free_port(), "starttls": False}
    with relay(Takes()) as credentials, relay(dropping) as drops:
        assert (
            check(
                lambda: connect("mail", OURS, credentials, Client()),
                payloads=[good],
                outgoing=HELLO,
                broken=[partial(connect, "mail", OURS, each, Client()) for each in (nobody, drops, {})],
            )
            == []
        )
