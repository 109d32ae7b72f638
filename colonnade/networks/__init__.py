"""Connectors to the places where people talk: plain Python, no Django at all.

Owns the contract of a connector (`base.py`), the one outbound HTTP client (`http.py`), the conformance suite that
every connector passes, and one folder a network. Refuses to know the database: it is handed plain values and
returns plain values.
"""
