"""Plain values of extensions: what a token may be allowed to do."""

from __future__ import annotations

READ, WRITE, CASES, ADMIN = "read", "write", "cases", "admin"

PERMISSIONS: dict[str, str] = {
    READ: "read what its person may see: places, conversations, posts, search, watches",
    WRITE: "say things in its person's name, and add and change watches",
    CASES: "work at the desk: read cases, assign, note, reply, solve, follow and take back what goes out",
    ADMIN: "add accounts and feeds and see how they are, where its person may",
}
"""Every permission with the words for it. None includes another; none lets a program do more than its person may."""
