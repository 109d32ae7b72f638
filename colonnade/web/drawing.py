"""Small pictures of numbers, drawn on the server as SVG: shapes alone, coloured by the style sheet."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join

BAR, GAP = 8, 4
LEAST = 2


def bars(heights: Sequence[int], *, tall: int, words: str, titles: Sequence[str] = ()) -> str:
    """One bar for each number, the last marked as today; `words` say the same to whoever cannot see it."""
    most = max([*heights, 1])
    wide = len(heights) * (BAR + GAP) - GAP
    drawn = []
    for at, height in enumerate(heights):
        high = max(round(height / most * tall), LEAST)
        kind = "now" if at == len(heights) - 1 else "some" if height else "none"
        title = titles[at] if titles else str(height)
        drawn.append((kind, at * (BAR + GAP), tall - high, BAR, high, title))
    shapes = format_html_join(
        "",
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"><title>{}</title></rect>',
        drawn,
    )
    return format_html(
        '<svg class="bars" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        wide,
        tall,
        words,
        shapes,
    )
