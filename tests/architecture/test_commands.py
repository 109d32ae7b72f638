"""bin/dev and bin/test on machines that are not as they should be, and what bin/test holds against a run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(CHECKOUT / "bin"))

from house import suite  # noqa: E402

pytestmark = pytest.mark.corpora


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout with the commands, empty lock files and a package that only says hello: no environment yet."""
    shutil.copytree(CHECKOUT / "bin", tmp_path / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (tmp_path / lock).write_text("# nothing\n", "utf-8")
    (tmp_path / "colonnade").mkdir()
    (tmp_path / "colonnade" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "colonnade" / "cli.py").write_text(
        "import os, sys\ndef main():\n    print(sys.argv[1:], os.environ['COLONNADE_HOME'])\n    return 7\n",
        "utf-8",
    )
    return tmp_path


def _program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (folder / name).chmod(0o755)


def _run(
    command: list[str | Path], first_on_path: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("COLONNADE_", "PYTHON"))
    }
    path = f"{first_on_path}{os.pathsep}{kept['PATH']}" if first_on_path else kept["PATH"]
    return subprocess.run(
        command,
        env={**kept, "PATH": path, **more},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_a_python_too_old_is_told_in_one_sentence(bare: Path) -> None:
    programs = bare / "programs"
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        _program(programs, name, '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    ran = _run([bare / "bin" / "dev"], programs)
    assert ran.returncode == 1
    assert len(ran.stderr.strip().splitlines()) == 1
    assert "needs Python 3.11 to 3.14 and found Python 3.9.2" in ran.stderr
    assert "apt-get install python3" in ran.stderr
    assert not (bare / ".venv").exists()


def test_a_python_chosen_by_name_that_does_not_fit_is_told(bare: Path) -> None:
    ran = _run([bare / "bin" / "dev"], PYTHON="/bin/false")
    assert ran.returncode == 1
    assert "PYTHON=/bin/false is not a Python 3.11 to 3.14" in ran.stderr


def test_without_root_and_sudo_the_one_line_to_run_is_printed(bare: Path) -> None:
    programs = bare / "programs"
    _program(programs, "id", "echo 1000")
    _program(programs, "sudo", "exit 1")
    _program(programs, "apt-get", "echo must not run >&2; exit 9")
    script = f'. "{bare}/bin/environment.sh"; apt_install python3-venv'
    ran = _run(["bash", "-c", script], programs)
    assert ran.returncode == 1
    assert "apt-get install -y --no-install-recommends python3-venv" in ran.stderr
    assert "must not run" not in ran.stderr


def test_the_environment_is_made_once_and_again_only_for_another_lock(bare: Path) -> None:
    def dev() -> subprocess.CompletedProcess[str]:
        return _run([bare / "bin" / "dev", "--port", "9000"], PYTHON=sys.executable)

    first = dev()
    assert first.stderr == ""
    assert first.returncode == 7
    assert [line.split("  ")[0] for line in first.stdout.splitlines()] == [
        "Virtual environment",
        "Packages of requirements.lock",
        f"['up', '--demo', '--port', '9000'] {bare}/var/dev",
    ]
    assert dev().stdout.splitlines() == [first.stdout.splitlines()[-1]]
    (bare / "requirements.lock").write_text("# nothing, but different\n", "utf-8")
    assert [line.split("  ")[0] for line in dev().stdout.splitlines()][:1] == [
        "Packages of requirements.lock"
    ]


def test_a_package_whose_hash_differs_is_refused(bare: Path) -> None:
    package = bare / "wheels" / "thing-1.0"
    package.mkdir(parents=True)
    (package / "setup.py").write_text("raise SystemExit('must not run')\n", "utf-8")
    archive = shutil.make_archive(str(bare / "wheels" / "thing-1.0"), "gztar", package.parent, "thing-1.0")
    (bare / "requirements.lock").write_text(f"thing @ file://{archive} --hash=sha256:{'0' * 64}\n", "utf-8")
    ran = _run([bare / "bin" / "dev"], PYTHON=sys.executable)
    assert ran.returncode == 1
    assert "DO NOT MATCH THE HASHES" in ran.stderr
    assert "Could not finish: Packages of requirements.lock" in ran.stderr


def _ran(name: str, tests: list[str], skipped: dict[str, str] | None = None) -> suite.Run:
    return suite.Run(name, "", {}, code=0, nodeids=tests, skipped=skipped or {}, counted=True)


def test_a_test_that_only_one_database_ran_is_a_fault() -> None:
    sqlite = _ran("sqlite", ["a", "b", "c"], {"c": "no full text"})
    postgresql = _ran("postgresql", ["a", "c", "d"])
    assert suite.compared(sqlite, postgresql, {}) == [
        "b ran on sqlite but not on postgresql (it did not collect it).",
        "c ran on postgresql but not on sqlite (no full text).",
        "d ran on postgresql but not on sqlite (it did not collect it).",
    ]
    assert suite.compared(sqlite, postgresql, {"b": "why", "c": "why", "d": "why"}) == []


def test_a_skip_for_want_of_data_is_told() -> None:
    runs = [_ran("corpora", ["a", "b"], {"a": "../shared/data/feeds is absent", "b": "needs two machines"})]
    assert suite.skipped_for_want_of_data(runs) == [
        "a was skipped on corpora for want of data that is there (../shared/data/feeds is absent)."
    ]


def test_exceptions_are_named_with_their_reasons(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# a heading\n\ntests/x.py::test_y  # one file only\n", "utf-8")
    assert suite.named_exceptions(tmp_path / "list.txt") == {"tests/x.py::test_y": "one file only"}


def test_every_named_exception_says_why() -> None:
    assert all(suite.named_exceptions(suite.EXCEPTIONS).values())


def test_the_caller_may_choose_marks_of_its_own() -> None:
    assert suite._with_marks(["tests/x.py", "-m", "browser", "-k", "y"], "not corpora") == [
        "-m",
        "(browser) and not corpora",
        "tests/x.py",
        "-k",
        "y",
    ]


def test_a_file_that_cannot_be_collected_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import nothing_of_that_name\n", "utf-8")
    (tmp_path / "test_sound.py").write_text("def test_sound():\n    assert True\n", "utf-8")
    run = suite.Run("once", "not corpora", {})
    suite.side_by_side(
        [run], ["-p", "tests.conftest", "--rootdir", str(tmp_path), "-c", os.devnull, str(tmp_path)]
    )
    assert (run.code, run.passed, run.failed) == (1, 1, 0)
    assert suite._faults([run], []) == [
        "once ended with 1 though no test failed: a file could not be collected."
    ]
