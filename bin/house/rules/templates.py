"""Templates, styles and scripts: nothing that a strict content security policy would have to forgive."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser

from house.findings import Report
from house.rules.exceptions import MARKS_SAFE
from house.tree import Tree

COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->", re.S)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
UNESCAPED = re.compile(r"\|\s*(safe|safeseq)\b|\{%\s*autoescape\s+off\b")
DATA_SCRIPTS = {"application/json", "application/ld+json"}
EXTERNAL = re.compile(r"^\s*(https?:)?//", re.I)
LOADS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
STYLE_LOADS = re.compile(r"(@import\s+|url\(\s*)(url\(\s*)?['\"]?(https?:)?//", re.I)
SCRIPT_LOADS = re.compile(
    r"\bimport\b[^;\n]*['\"]https?://|importScripts\(\s*['\"]https?://|\beval\(|new Function\("
)


def check_markup(tree: Tree) -> Report:
    """HTML templates: no inline code or style, nothing unescaped, nothing loaded from elsewhere."""
    report = Report("markup", "template")
    for path in tree.files("colonnade", ".html"):
        report.looked_at += 1
        text = path.read_text("utf-8")
        where = tree.relative(path)
        bare = COMMENT.sub(_blank, text)
        for found in UNESCAPED.finditer(bare):
            report.fault(
                where,
                bare.count("\n", 0, found.start()) + 1,
                "This lets text through unescaped, which is how a post becomes a script. Render the cleaned HTML "
                "that the post carries by its template tag, or let Django escape it.",
            )
        for line, message in Markup(TAG.sub(_blank, bare)).faults:
            report.fault(where, line, message)
    return report


def _blank(found: re.Match[str]) -> str:
    """As many lines as were there, so that numbers stay true; a word where a value stood."""
    return (
        "x" + "\n" * found.group().count("\n")
        if found.group().startswith("{{")
        else "\n" * found.group().count("\n")
    )


class Markup(HTMLParser):
    """Walks one template whose Django tags are blanked; `faults` are (line, message)."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[tuple[int, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        given = dict(attrs)
        for name, value in attrs:
            message = _attribute_fault(name, value or "")
            if message:
                self.faults.append((line, message))
        if tag == "script" and "src" not in given and given.get("type") not in DATA_SCRIPTS:
            self.faults.append(
                (line, "Inline script: the content security policy refuses it. Put the code into a .js file beside "
                 "the component and hand it data by data-* attributes or json_script."),
            )  # fmt: skip
        if tag == "style":
            self.faults.append(
                (line, "Inline style: the content security policy refuses it. Use a .css file.")
            )
        source = given.get(LOADS.get(tag, ""))
        if source and EXTERNAL.match(source) and not _is_mere_link(tag, given):
            self.faults.append(
                (line, f"<{tag}> loads {source} from another server, which then knows every reader. Serve it from "
                 f"here: third-party files come out of Python packages."),
            )  # fmt: skip


def _attribute_fault(name: str, value: str) -> str | None:
    if name == "style":
        return (
            "style= is refused by the content security policy. Use a class and the tokens of the style sheet."
        )
    if re.fullmatch(r"on[a-z]+", name):
        return f"{name}= is inline code, refused by the content security policy. Listen in the component's .js file."
    if re.match(r"(data-)?hx-on", name):
        return f"{name} evaluates code in the page, which allowEval:false forbids. Listen in the component's .js file."
    if value.strip().lower().startswith("javascript:"):
        return "A javascript: address is inline code. Use a button and listen in the component's .js file."
    return None


def _is_mere_link(tag: str, given: dict[str, str | None]) -> bool:
    """A <link> that names another page (canonical, alternate, me) and loads nothing."""
    loading = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
    return tag == "link" and not loading & set((given.get("rel") or "").split())


def check_assets(tree: Tree) -> Report:
    """Style sheets and scripts of ours: nothing loaded from elsewhere, no evaluation of text as code."""
    report = Report("assets", "style sheet or script")
    for path in tree.files("colonnade", ".css", ".js"):
        report.looked_at += 1
        pattern = STYLE_LOADS if path.suffix == ".css" else SCRIPT_LOADS
        text = path.read_text("utf-8")
        for found in pattern.finditer(text):
            report.fault(
                tree.relative(path),
                text.count("\n", 0, found.start()) + 1,
                f"'{found.group().strip()[:40]}' loads from another server or makes code of text; both are refused by "
                f"the content security policy. Serve the file from here; write the function out.",
            )
    return report


def check_safe_marks(tree: Tree) -> Report:
    """mark_safe and its kin only where exceptions.py says why."""
    report = Report("safe-html", "import")
    for source in tree.written:
        report.looked_at += len(source.imports)
        if source.path in MARKS_SAFE:
            continue
        for node in source.nodes:
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.safestring":
                report.fault(
                    source.path,
                    node.lineno,
                    "Marking text as safe HTML is how a post becomes a script. Use format_html, or a template; what "
                    "comes from outside goes through the one cleaner.",
                )
    return report
