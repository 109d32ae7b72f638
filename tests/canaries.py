"""Fifty short hostile snippets to send through every field, and the eye that sees whether one is alive in a page.

Each carries a marker of its own, so that a page which shows several tells which of them is alive and where it came in.
A canary is dead when its marker stands only in words or in a harmless attribute; it is alive when the marker stands in
code, in the name of an element or attribute, or in an address that would run.
"""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser

SEED = 20

_TEMPLATES = (
    "<script>fired('{m}')</script>",
    "<SCRIPT SRC=//127.0.0.1/{m}.js></SCRIPT>",
    "<img src=x onerror=fired('{m}')>",
    "<img/src=x/onerror=fired('{m}')>",
    "<svg onload=fired('{m}')>",
    "<svg><script>fired('{m}')</script></svg>",
    "<body onload=fired('{m}')>",
    "<a href=\"javascript:fired('{m}')\">{m}</a>",
    "<a href=\"java&#09;script:fired('{m}')\">{m}</a>",
    "<a href=\"&#x6A;avascript:fired('{m}')\">{m}</a>",
    "<a href=\" JaVaScRiPt:fired('{m}')\">{m}</a>",
    "<a href=\"vbscript:fired('{m}')\">{m}</a>",
    "<a href=\"data:text/html,<script>fired('{m}')</script>\">{m}</a>",
    "<iframe src=\"javascript:fired('{m}')\"></iframe>",
    "<iframe srcdoc=\"<script>parent.fired('{m}')</script>\"></iframe>",
    "<object data=\"javascript:fired('{m}')\"></object>",
    "<embed src=\"javascript:fired('{m}')\">",
    "<form action=\"javascript:fired('{m}')\"><input type=submit></form>",
    "<button formaction=\"javascript:fired('{m}')\" form=x>{m}</button>",
    "<input onfocus=fired('{m}') autofocus>",
    "<select onfocus=fired('{m}') autofocus></select>",
    "<textarea onfocus=fired('{m}') autofocus></textarea>",
    "<video><source onerror=fired('{m}')></video>",
    "<audio src=x onerror=fired('{m}')></audio>",
    "<details open ontoggle=fired('{m}')>{m}</details>",
    "<marquee onstart=fired('{m}')>{m}</marquee>",
    "<p onmouseover=fired('{m}')>{m}</p>",
    "<b style=\"background:url(javascript:fired('{m}'))\">{m}</b>",
    "<style>@import '//127.0.0.1/{m}.css';</style>",
    "<link rel=stylesheet href=\"javascript:fired('{m}')\">",
    "<meta http-equiv=refresh content=\"0;url=javascript:fired('{m}')\">",
    "<base href=\"javascript:fired('{m}')//\">",
    "<math><a xlink:href=\"javascript:fired('{m}')\">{m}</a></math>",
    "<svg><a xlink:href=\"javascript:fired('{m}')\"><text>{m}</text></a></svg>",
    "<svg><animate onbegin=fired('{m}') attributeName=x dur=1s></animate></svg>",
    "\"><script>fired('{m}')</script>",
    "'><img src=x onerror=fired('{m}')>",
    '" onmouseover="fired(\'{m}\')" x="',
    "' autofocus onfocus='fired(\"{m}\")' x='",
    "</title><script>fired('{m}')</script>",
    "</textarea><script>fired('{m}')</script>",
    "</script><script>fired('{m}')</script>",
    "--><script>fired('{m}')</script><!--",
    "]]><script>fired('{m}')</script>",
    "<noscript><p title=\"</noscript><img src=x onerror=fired('{m}')>\">",
    "<template><script>fired('{m}')</script></template><img src=x onerror=fired('{m}')>",
    "<x-{m} onclick=fired('{m}')>{m}</x-{m}>",
    "<div hx-get=/{m} hx-on:load=fired('{m}') hx-trigger=load>{m}</div>",
    "{{{{ {m} }}}}{{% load {m} %}}<script>fired('{m}')</script>",
    "<scr<script>ipt>fired('{m}')</scr</script>ipt>",
)

MARKERS: tuple[str, ...] = tuple(
    f"canary{number:02}{mark:05x}"
    for number, mark in enumerate(random.Random(SEED).sample(range(16**5), len(_TEMPLATES)))
)
CANARIES: tuple[str, ...] = tuple(
    template.format(m=marker) for template, marker in zip(_TEMPLATES, MARKERS, strict=True)
)

_MARKER = re.compile(r"canary\d\d[0-9a-f]{5}")
_CODE = frozenset({"script", "style"})
_HARMLESS_ADDRESS = re.compile(r"[\x00-\x20]*(?:https?|mailto):|[^:]*(?:[/?#]|\Z)", re.IGNORECASE)
_DATA = frozenset({"application/json", "application/ld+json"})
_ADDRESSES = frozenset(
    {"href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcset", "background"}
)
_ALWAYS_CODE = frozenset({"style", "srcdoc"})


class _Eye(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: set[str] = set()
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_code = tag in _CODE and (dict(attrs).get("type") or "") not in _DATA
        self._see(tag)
        for name, value in attrs:
            self._see(name)
            if self._runs(tag, name, value or ""):
                self._see(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_code = False

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self._see(data)

    def _see(self, where: str) -> None:
        self.alive.update(_MARKER.findall(where.lower()))

    @staticmethod
    def _runs(tag: str, name: str, value: str) -> bool:
        if name.startswith(("on", "hx-")) or name in _ALWAYS_CODE or tag == "meta":
            return True
        if tag == "script" and name == "src":
            return True
        return name in _ADDRESSES and not _HARMLESS_ADDRESS.match(value)


def alive(page: str) -> list[str]:
    """The markers of the canaries that are alive in this HTML, sorted; [] is what every page must give."""
    eye = _Eye()
    eye.feed(page)
    eye.close()
    return sorted(eye.alive)
