"""HTML from strangers made safe, plain text made into HTML, and HTML read out as plain text.

One cleaner for the whole house: whatever shows markup shows a SafeHtml, and only `clean` and `from_text` make one.
"""

from __future__ import annotations

from colonnade.primitives.html.cleaner import CLASSES, REL, SCHEMES, TAGS, clean
from colonnade.primitives.html.reader import to_text
from colonnade.primitives.html.safe import SafeHtml
from colonnade.primitives.html.writer import AddressOf, from_text, usual_address

__all__ = [
    "CLASSES",
    "REL",
    "SCHEMES",
    "TAGS",
    "AddressOf",
    "SafeHtml",
    "clean",
    "from_text",
    "to_text",
    "usual_address",
]
