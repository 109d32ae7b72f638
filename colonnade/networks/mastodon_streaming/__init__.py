"""What everybody may read on one Mastodon server as it is said: its public timeline, the local part of it, or a hashtag.

`connector.py` keeps the connection and fills the gap after a break, `statuses.py` reads a status.
"""
