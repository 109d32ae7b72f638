"""Payloads that no connector can read, and that none may choke on."""

from __future__ import annotations

GARBAGE: dict[str, bytes] = {
    "nothing": b"",
    "one zero byte": b"\0",
    "zero bytes": b"\0" * 4096,
    "broken UTF-8": b"\xff\xfe\xfa\xc0\xaf\xed\xa0\x80 not a message",
    "half a JSON object": b'{"id": "a", "text": ',
    "JSON nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "JSON objects nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "XML nested 100,000 deep": b"<a>" * 100_000 + b"</a>" * 100_000,
    "XML left open 100,000 times": b"<a>" * 100_000,
    "an endless number": b"9" * 200_000,
    "a page of HTML": b"<!doctype html><html><head><title>Port Alder</title></head><body><p>Hello</p></body></html>",
    "an image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 16,
    "a gzip header": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    "entities that multiply": (
        b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(
            b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10)  # each ten of the one before
            for step in range(12)
        )
        + b"]><z>&m;</z>"
    ),
    "an entity from a file": b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a SYSTEM "file:///etc/hostname">]><z>&a;</z>',
}
