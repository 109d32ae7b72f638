"""Django's ground: database, events, work, stream, audit, secrets, files.

Owns the machinery that every room stands on and that has no noun of the product in it: how a write begins, how a
fact is announced and heard, how work is leased. Refuses to know any room above it.
"""
