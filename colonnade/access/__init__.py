"""Who may: principals, holdings, audiences.

Owns the one predicate `rules.admits(viewer, audience)` and the rows that answer it. Refuses to know what a place,
a person or a post is; denies by default.
"""
