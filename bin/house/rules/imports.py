"""Who may import what from outside: Django's face of HTTP, HTTP clients, the clock, and packages not in the lock."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions

from house.findings import Report
from house.tree import PACKAGE, Source, Tree

DOORS = {"web", "api", "live"}
WEB_FACE = ("django.http", "django.shortcuts")
HTTP_CLIENTS = (
    "httpx",
    "httpcore",
    "urllib.request",
    "urllib3",
    "http.client",
    "requests",
    "aiohttp",
    "pycurl",
)
CLOCKS = {
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "localtime", "gmtime"},
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "timezone": {"now", "localtime", "localdate"},
}
CLOCK_IMPORTS = {
    *(f"time.{name}" for name in CLOCKS["time"]),
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.db.models.functions.Now",
}


def _within(module: str, prefixes: tuple[str, ...]) -> str | None:
    """The prefix that the module is or is inside of."""
    return next((one for one in prefixes if module == one or module.startswith(f"{one}.")), None)


def _first_a_line(source: Source, prefixes: tuple[str, ...]) -> list[tuple[str, int]]:
    found: dict[int, str] = {}
    for module, line in source.imports:
        hit = _within(module, prefixes)
        if hit:
            found.setdefault(line, hit)
    return [(module, line) for line, module in found.items()]


def check_doors(tree: Tree) -> Report:
    """django.http and django.shortcuts only behind the doors."""
    report = Report("doors", "import")
    for source in tree.written:
        report.looked_at += len(source.imports)
        if source.room in DOORS:
            continue
        for module, line in _first_a_line(source, WEB_FACE):
            report.fault(
                source.path,
                line,
                f"{source.room} imports {module}, but only the doors (web, api, live) know HTTP. Return plain values "
                f"or raise a domain error here, and let the door make a response of it.",
            )
    return report


def check_http_clients(tree: Tree) -> Report:
    """One outbound HTTP client: networks/http."""
    report = Report("http-client", "import")
    for source in tree.written:
        report.looked_at += len(source.imports)
        if source.parts[:2] == ("networks", "http"):
            continue
        for module, line in _first_a_line(source, HTTP_CLIENTS):
            report.fault(
                source.path,
                line,
                f"{module} calls the web past the guard: only networks/http may. Ask for a "
                f"colonnade.networks.http.Client, which checks the address, the size, the time and the redirects.",
            )
    return report


def check_clock(tree: Tree) -> Report:
    """No clock but primitives.clock, so that a test can stop it."""
    report = Report("clock", "call")
    for source in tree.written:
        if source.parts == ("primitives", "clock"):
            continue
        for node in source.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                report.looked_at += 1
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if node.attr in CLOCKS.get(owner, ()):
                    _clock_fault(report, source, node.lineno, f"{owner}.{node.attr}")
            elif isinstance(node, ast.keyword) and node.arg in {"auto_now", "auto_now_add"}:
                _clock_fault(report, source, node.value.lineno, node.arg)
        for module, line in source.imports:
            if module in CLOCK_IMPORTS:
                _clock_fault(report, source, line, module)
    return report


def _clock_fault(report: Report, source: Source, line: int, clock: str) -> None:
    report.fault(
        source.path,
        line,
        f"{clock} reads a clock that no test can stop or turn back. Use colonnade.primitives.clock: now(), now_ms(), "
        f"now_s(), or monotonic_s() for durations.",
    )


def check_prints(tree: Tree) -> Report:
    """print only in the command line."""
    report = Report("print", "call")
    for source in tree.written:
        for node in source.nodes:
            if isinstance(node, ast.Call):
                report.looked_at += 1
                if isinstance(node.func, ast.Name) and node.func.id == "print" and source.room != "cli":
                    report.fault(
                        source.path,
                        node.lineno,
                        "A server has nobody to print to: only cli/ and bin/ print. Return the value, or use "
                        "logging.getLogger(__name__).",
                    )
    return report


def check_dependencies(tree: Tree) -> Report:
    """Whatever the package imports is pinned in requirements.lock, not only there for the tests."""
    report = Report("dependencies", "import")
    pinned = set(
        re.findall(r"^([A-Za-z0-9._-]+)==", (tree.root / "requirements.lock").read_text("utf-8"), re.M)
    )
    distributions = packages_distributions()
    for source in tree.written:
        for module, line in source.imports:
            top = module.partition(".")[0]
            report.looked_at += 1
            if top == PACKAGE or top in sys.stdlib_module_names or not top:
                continue
            offered = {_normal(name) for name in distributions.get(top, ())}
            if not offered & pinned:
                report.fault(
                    source.path,
                    line,
                    f"{top} is not among the packages that an installation gets. Add it to dependencies in "
                    f"pyproject.toml and lock it again (CONTRIBUTING.md), or do without.",
                )
    return report


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
