"""What a rule lets pass, by name and with the reason. Short by design: a new line here is argued in review."""

from __future__ import annotations

# Files outside actions that may write rows.
WRITES_ELSEWHERE: dict[str, str] = {}

# Files that may mark text as safe HTML, because they made every character of it or had it cleaned.
MARKS_SAFE: dict[str, str] = {
    "colonnade/web/templatetags/colonnade.py": "shows PostText.html, which the one cleaner made, and our own drawings",
    "colonnade/web/telling.py": "JSON of our own making, in which whatever could end its element is escaped",
    "colonnade/web/marking.py": "marks words in PostText.html: its tags stay as the one cleaner made them, its text is escaped anew",
}

# "room.Model.field" of integer columns called ..._id that stand for no row of ours.
PLAIN_IDS: dict[str, str] = {}
