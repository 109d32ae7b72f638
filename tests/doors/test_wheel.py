"""The package as others get it: built as a wheel, installed into an empty environment, started away from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 120

# The wheel brings its own home folder and SQLite file, whatever database the suite runs on.
pytestmark = pytest.mark.corpora


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the checkout would hand over, without a network."""
    source = tmp_path_factory.mktemp("source")
    shutil.copytree(
        CHECKOUT / "colonnade", source / "colonnade", ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    for name in ("pyproject.toml", "MANIFEST.in", "README.md", "LICENSE"):
        if (CHECKOUT / name).exists():
            shutil.copy2(CHECKOUT / name, source / name)
    built = subprocess.run(
        [sys.executable, "-c", "from setuptools import build_meta; build_meta.build_wheel('dist')"],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = (source / "dist").glob("colonnade-*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `colonnade` command of an environment that holds the wheel and, by a path file, the packages it needs."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True, symlinks=True)
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], check=True)
    (packages,) = (folder / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder / "bin" / "colonnade"


def _outside_environment(home: Path) -> dict[str, str]:
    """The environment of somebody who has no checkout."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COLONNADE_", "PYTHON", "DJANGO_"))
    }
    return {**kept, "HOME": str(home), "COLONNADE_HOME": str(home / "colonnade"), "PYTHONSAFEPATH": "1"}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    present = {
        path.relative_to(CHECKOUT).as_posix()
        for path in (CHECKOUT / "colonnade").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    assert present - set(zipfile.ZipFile(wheel).namelist()) == set()


def test_the_command_runs_from_the_wheel_and_not_from_the_checkout(installed: Path, tmp_path: Path) -> None:
    asked = subprocess.run(
        [installed.parent / "python", "-c", "import colonnade; print(colonnade.__file__)"],
        cwd=tmp_path,
        env=_outside_environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(asked.stdout.strip()).is_relative_to(installed.parents[1])


@pytest.fixture
def address(installed: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a server started from the wheel in an empty folder; stopped as by Ctrl-C."""
    port = _free_port()
    log = tmp_path / "log"
    with log.open("wb") as written:
        server = subprocess.Popen(
            [installed, "up"],
            cwd=tmp_path,
            env={**_outside_environment(tmp_path), "COLONNADE_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGINT)
        try:
            code = server.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            raise
    assert code == 0, log.read_text("utf-8", "replace")[-4000:]


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def test_the_first_page_comes_with_its_styles_and_scripts(address: str) -> None:
    with urllib.request.urlopen(f"{address}/healthz", timeout=30) as answer:
        assert answer.status == 200
        json.load(answer)
    with urllib.request.urlopen(f"{address}/", timeout=30) as answer:
        page = answer.read().decode()
        assert answer.status == 200
        assert "text/html" in answer.headers["Content-Type"]
    for asset in _assets(page):
        with urllib.request.urlopen(f"{address}{asset}", timeout=30) as answer:
            assert answer.read(), asset


def _assets(page: str) -> list[str]:
    """The addresses of the style sheets and scripts that the page loads."""
    from html.parser import HTMLParser

    found: list[str] = []

    class Loads(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            address = given.get("src") if tag == "script" else None
            if tag == "link" and given.get("rel") == "stylesheet":
                address = given.get("href")
            if address and address.startswith("/"):
                found.append(address)

    Loads().feed(page)
    assert found, "The page loads neither a style sheet nor a script."
    return found
