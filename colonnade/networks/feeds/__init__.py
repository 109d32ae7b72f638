"""Feeds: RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0, CDF and JSON Feed, read politely and only when they change.

Owns fetching, parsing, remembering what was seen, the pace of asking, WebSub's side of the reader, discovery of feeds
behind a page's address, and OPML lists. Refuses to write anywhere: a feed is only read.
"""
