"""Feeds of Port Alder, written for the tests, and small ways to build others."""

from __future__ import annotations

from html import escape

NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def item(guid: str = "", **elements: str) -> str:
    """An RSS item; `title="…"` becomes an element with its text escaped, `raw="…"` goes in as it is."""
    raw = elements.pop("raw", "")
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in elements.items())
    named = f'<guid isPermaLink="false">{escape(guid)}</guid>' if guid else ""
    return f"<item>{named}{inside}{raw}</item>"


def rss(*items: str, head: str = "", title: str = "Port Alder Harbour") -> bytes:
    """An RSS 2.0 document."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {NAMESPACES}><channel><title>{escape(title)}</title>'
        f"<link>https://harbour.example/</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


ATOM = b"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0" xml:lang="en-GB">
  <title>The mayor writes</title><id>tag:port-alder.example,2026:mayor</id>
  <link href="https://port-alder.example/mayor"/>
  <link rel="self" href="https://port-alder.example/mayor.atom"/>
  <link rel="hub" href="https://hub.example/"/>
  <author><name>Ines</name><uri>https://port-alder.example/people/ines</uri></author>
  <entry>
    <id>tag:port-alder.example,2026:mayor/1</id><title type="html">The bridge &lt;em&gt;opens&lt;/em&gt;</title>
    <link href="https://port-alder.example/mayor/1"/>
    <link rel="enclosure" href="https://port-alder.example/bridge.jpg" type="image/jpeg" length="4096"/>
    <published>2026-03-01T08:00:00Z</published><updated>2026-03-01T09:30:00+01:00</updated>
    <category term="bridge"/><category term="ferry"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>From <b>nine</b> o'clock.</p><p>See you.</p></div></content>
  </entry>
  <entry>
    <id>tag:port-alder.example,2026:mayor/2</id><title>An answer</title>
    <link href="https://port-alder.example/mayor/2"/>
    <author><name>Tomasz</name><email>press@port-alder.example</email></author>
    <updated>2026-03-02T08:00:00Z</updated>
    <thr:in-reply-to ref="tag:port-alder.example,2026:mayor/1"/>
    <summary>Only words, with &lt; and &amp; in them.</summary>
  </entry>
</feed>"""

JSON = b"""{
  "version": "https://jsonfeed.org/version/1.1", "title": "Ferry times", "home_page_url": "https://ferry.example/",
  "feed_url": "https://ferry.example/feed.json", "language": "en",
  "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
  "authors": [{"name": "The ferry", "url": "https://ferry.example/about"}],
  "items": [
    {"id": 7, "content_text": "Late by nine minutes.", "date_published": "2026-03-01T08:00:00+02:00", "tags": ["late"]},
    {"id": "https://ferry.example/8", "url": "https://ferry.example/8", "title": "Timetable",
     "content_html": "<p>New <a href='/t'>times</a></p>", "date_published": "2026-03-02T08:00:00Z",
     "attachments": [{"url": "https://ferry.example/t.pdf", "mime_type": "application/pdf", "size_in_bytes": 12000}]}
  ]
}"""
