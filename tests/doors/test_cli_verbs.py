"""The verbs that are no servers: help, owner, token, keys, migrate; faults as one sentence."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from colonnade import cli
from colonnade.core import secrets
from colonnade.extensions.models import Grant
from colonnade.people.models import SignIn
from tests.doors.commands import MAIN, colonnade, environment, refused

OWNER = ["owner", "--email", "ines@portalder.example", "--password-stdin"]


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    said = capsys.readouterr()
    return code, said.out.strip(), said.err.strip()


def test_help_names_each_verb_with_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = " ".join(capsys.readouterr().out.split())
    for verb in cli.VERBS:
        assert f"{verb} {cli._module_of(verb).HELP}" in told
    assert "%%" not in told


def test_a_full_disk_is_told_in_one_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-c", MAIN, "bursts"],
            env=environment(tmp_path),
            input=b"2026-03-02,5\n",
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    told = ran.stderr.decode().splitlines()
    assert (ran.returncode, len(told)) == (1, 1)
    assert told[0].startswith("Nothing more can be written: ")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What stands on standard input."""
    stdin = io.StringIO()
    monkeypatch.setattr("sys.stdin", stdin)
    return stdin


def _type(stdin: io.StringIO, text: str) -> None:
    stdin.seek(0)
    stdin.truncate()
    stdin.write(text)
    stdin.seek(0)


@pytest.mark.corpora
def test_help_names_every_verb_and_loads_no_django(tmp_path: Path) -> None:
    look = MAIN.replace(
        "sys.exit(main())", "\ntry: main()\nfinally: print([m for m in sys.modules if 'django' in m])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", look, "--help"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    for verb in cli.VERBS:
        assert f"\n    {verb} " in ran.stdout
    assert ran.stdout.rstrip().endswith("[]")


@pytest.mark.corpora
def test_every_file_of_a_verb_is_a_verb() -> None:
    files = {path.stem for path in (Path(cli.__file__).parent / "verbs").glob("*_command.py")}
    assert files == {f"{verb.replace('-', '_')}_command" for verb in cli.VERBS}


@pytest.mark.corpora
def test_a_verb_that_is_none_is_refused_with_the_list(tmp_path: Path) -> None:
    ran = colonnade(environment(tmp_path), "dance", check=False)
    assert ran.returncode == 2
    assert "choose from" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.corpora
@pytest.mark.parametrize("arguments", [OWNER, ["token", "--email", "a@example.org", "--permission", "read"]])
def test_a_database_without_tables_is_told_in_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    ran = colonnade(environment(tmp_path / "home"), *arguments, stdin="the old bridge\n", check=False)
    assert "run `colonnade migrate`" in refused(ran)


@pytest.mark.django_db
def test_owner_makes_an_owner_and_a_second_time_gives_a_new_password(
    typed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    owns = "Ines Moreau (ines@portalder.example) owns this server."
    opened = "The space Questions is open: visitors may ask on the front page."
    for password, said in (("the old bridge opens", [owns, opened]), ("the ferry leaves at nine", [owns])):
        _type(typed, password + "\n")
        code, out, _ = _run(capsys, *OWNER, "--name", "Ines Moreau")
        assert (code, out.splitlines()) == (0, said)
    sign_in = SignIn.objects.select_related("person").get()
    assert sign_in.person.role == "owner"
    assert sign_in.check_password("the ferry leaves at nine")
    assert "ferry leaves" not in sign_in.password


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("ines@portalder.example", "short", "too short"),
        ("ines@portalder.example", "", "too short"),
        ("ines@portalder.example", "password1234", "too common"),
        ("nowhere", "the old bridge opens", "no e-mail address"),
    ],
)
def test_owner_refuses_what_is_too_weak_or_no_address(
    typed: io.StringIO, capsys: pytest.CaptureFixture[str], email: str, password: str, said: str
) -> None:
    _type(typed, password + "\n")
    code, out, err = _run(capsys, "owner", "--email", email, "--password-stdin")
    assert (code, out) == (1, "")
    assert said in err or said.replace("no e-mail", "not an e-mail") in err
    assert not SignIn.objects.exists()


@pytest.mark.django_db
def test_a_token_is_printed_once_and_stored_as_a_hash(
    typed: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    from colonnade.places import actions as places

    _type(typed, "the old bridge opens\n")
    _run(capsys, *OWNER)
    place = places.open_space("Town talk")
    code, out, _ = _run(
        capsys,
        "token",
        "--email",
        "ines@portalder.example",
        "--permission",
        "read",
        "--place",
        str(place.pk),
    )
    assert code == 0
    grant = Grant.objects.get()
    assert out.startswith("cln_")
    assert len(out.split()) == 1
    assert out not in str(grant.__dict__)
    assert [one.pk for one in grant.places.all()] == [place.pk]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--email", "nobody@example.org", "--permission", "read"],
            "Nobody signs in with nobody@example.org",
        ),
        (["--email", "ines@portalder.example", "--permission", "fly"], "no permission “fly”"),
        (
            ["--email", "ines@portalder.example", "--permission", "read", "--place", "7"],
            "no place with that id",
        ),
        (
            ["--email", "ines@portalder.example", "--permission", "read", "--place", "x"],
            "no place with that id",
        ),
    ],
)
def test_a_token_is_refused_in_one_sentence(
    typed: io.StringIO, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    _type(typed, "the old bridge opens\n")
    _run(capsys, *OWNER)
    code, out, err = _run(capsys, "token", *arguments)
    assert (code, out) == (1, "")
    assert said in err
    assert not Grant.objects.exists()


@pytest.mark.django_db
def test_keys_rotate_adds_a_key_and_keeps_the_old_ones(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = secrets.ring()
    token = secrets.encrypt(b"what the ferry company said")
    code, out, _ = _run(capsys, "keys", "rotate")
    after = secrets.ring()
    assert code == 0
    assert after.current in out
    assert after.current != before.current
    assert set(before.keys) < set(after.keys)
    assert secrets.decrypt(token) == b"what the ferry company said"


@pytest.mark.django_db
def test_a_stream_is_added_by_its_word_or_address_for_staff_alone(capsys: pytest.CaptureFixture[str]) -> None:
    from colonnade.places.models import Source
    from colonnade.places.queries import terms_of_place
    from colonnade.places.rules import STAFF_ONLY

    code, out, _ = _run(capsys, "stream", "bluesky")
    assert (code, out.startswith("Bluesky (wss://")) == (0, True)
    code, _, _ = _run(capsys, "stream", "wss://jetstream.example/subscribe", "--name", "Everybody")
    assert code == 0
    code, _, err = _run(capsys, "stream", "https://port-alder.example/feed")
    assert code == 1
    assert "no stream" in err
    added = Source.objects.order_by("pk").select_related("place")
    assert [(one.connector, one.place.name) for one in added] == [
        ("jetstream", "Bluesky"),
        ("jetstream", "Everybody"),
    ]
    assert all(terms_of_place(one.place) == STAFF_ONLY for one in added)
