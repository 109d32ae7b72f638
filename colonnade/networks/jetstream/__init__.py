"""Bluesky's firehose as plain JSON over a WebSocket (Jetstream): everybody's posts as they are written.

`connector.py` keeps the connection and the place in the stream, `events.py` reads one event, `posts.py` one post,
`overlap.py` remembers what the last seconds brought, so that after a break nothing is left out and nothing comes twice.

Compression is that of the WebSocket itself. Jetstream's own, zstd, needs a dictionary that belongs to its server's
releases; it is not asked for.
"""
