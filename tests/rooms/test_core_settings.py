"""Settings: read in one place, described, and a bad one told in one sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from colonnade.config import environment, ground

pytestmark = pytest.mark.corpora
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "settings.md"


def told(**values: str) -> str:
    with pytest.raises(environment.BadSetting) as caught:
        environment.read({f"COLONNADE_{name}": value for name, value in values.items()})
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("HOST", "http://x"),
        ("HOST", "a b"),
        ("DATABASE_URL", "mysql://x/y"),
        ("STREAM_URL", "redis://localhost"),
        ("PUBLIC_URL", "talk.example.org"),
        ("PUBLIC_URL", "https://talk.example.org/sub"),
        ("ALLOW_PRIVATE_HOSTS", "http://intranet"),
        ("ALLOW_PRIVATE_HOSTS", "10.0.0.0/99"),
        ("PLC_URL", "plc.directory"),
        ("MAIL_URL", "mail.example.org"),
        ("MAIL_URL", "smtp://mail.example.org"),
        ("SECRET_KEY", "short"),
        ("WORK_THREADS", "0"),
        ("DEBUG", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_in_one_sentence(name: str, value: str) -> None:
    sentence = told(**{name: value})
    assert f"COLONNADE_{name}" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_password_is_not_repeated_when_a_value_is_refused() -> None:
    assert "hunter2" not in told(MAIL_URL="smtp://desk:hunter2@mail.example.org")
    with pytest.raises(environment.BadSetting) as caught:
        ground.database("postgresql://desk:hunter2@db.example.org/", Path("/tmp"))
    assert "hunter2" not in str(caught.value)


def test_what_is_shown_of_a_setting_holds_no_secret() -> None:
    assert environment.shown("DATABASE_URL", "postgresql://a:hunter2@db/x") == "postgresql://a:…@db/x"
    assert environment.shown("SECRET_KEY", "k" * 40) == "(set)"
    assert environment.shown("ALLOW_PRIVATE_HOSTS", ("a", "b")) == "a, b"
    assert environment.shown("PORT", 8470) == "8470"


def test_every_default_can_be_read() -> None:
    values = environment.read({})
    assert values["PORT"] == 8470
    assert values["HOME"] == Path.home() / ".colonnade"
    assert len(values) == len(environment.SETTINGS) == len(settings.COLONNADE_SETTINGS)


@pytest.mark.skipif(not GUIDE.exists(), reason="the guide for operators is not written yet")
def test_every_setting_is_in_the_guide() -> None:
    text = GUIDE.read_text()
    assert [row.variable for row in environment.SETTINGS if row.variable not in text] == []


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            "postgresql://ana:p%40ss@db.example.org:6432/talk",
            ("talk", "ana", "p@ss", "db.example.org", "6432"),
        ),
        ("postgres://db/talk", ("talk", "", "", "db", "")),
        ("postgresql:///talk?host=/run/pg&user=ana", ("talk", "ana", "", "/run/pg", "")),
    ],
)
def test_an_address_of_postgresql_is_understood(url: str, wanted: tuple[str, ...]) -> None:
    found = ground.database(url, Path("/home"))
    assert tuple(found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == wanted


def test_an_option_in_the_address_of_postgresql_reaches_the_driver() -> None:
    found = ground.database("postgresql://db/talk?sslmode=require", Path("/home"))
    assert found["OPTIONS"]["sslmode"] == "require"


def test_sqlite_is_a_file_in_the_home_folder_unless_another_is_named() -> None:
    assert ground.database("", Path("/home"))["NAME"] == "/home/colonnade.db"
    assert ground.database("sqlite:////var/talk.db", Path("/home"))["NAME"] == "/var/talk.db"


def test_an_address_of_a_mail_server_is_understood() -> None:
    found = ground.mail("smtp://desk%40example.org:p%3Aw@mail.example.org:2525?from=desk@example.org")
    assert found["EMAIL_HOST_USER"] == "desk@example.org"
    assert found["EMAIL_HOST_PASSWORD"] == "p:w"
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", 2525)
    assert found["EMAIL_USE_TLS"]
    assert found["DEFAULT_FROM_EMAIL"] == "desk@example.org"
    plain = ground.mail("smtp://127.0.0.1:2525?from=desk@example.org")
    assert not plain["EMAIL_USE_TLS"]
    assert ground.mail("smtps://mail.example.org?from=a@example.org")["EMAIL_PORT"] == 465
    assert "dummy" in ground.mail("")["EMAIL_BACKEND"]


def test_the_home_folder_and_its_key_are_for_their_owner_alone(tmp_path: Path) -> None:
    home = ground.make_home(tmp_path / "deep" / "home")
    first = ground.secret_key(home)
    assert ground.secret_key(home) == first
    assert len(first) >= 50
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]


def test_a_home_folder_that_cannot_be_made_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(environment.BadSetting, match="COLONNADE_HOME"):
        ground.make_home(tmp_path / "file" / "home")


def test_processes_that_start_together_end_with_one_key(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from colonnade.config import ground as g; print(g.secret_key(Path(sys.argv[1])))"
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert len({child.communicate(timeout=60)[0] for child in children}) == 1


def test_behind_a_public_https_address_cookies_are_secure(tmp_path: Path) -> None:
    code = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SESSION_COOKIE_NAME, s.CSRF_TRUSTED_ORIGINS, 'talk.example.org' in s.ALLOWED_HOSTS)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "colonnade.config.settings",
            "COLONNADE_HOME": str(tmp_path),
            "COLONNADE_PUBLIC_URL": "https://talk.example.org/",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "True True __Host-session ['https://talk.example.org'] True"
