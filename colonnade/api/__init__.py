"""The door for programs: the REST API under /rest/ and what other servers call.

Owns wire formats. Refuses to decide: it asks `queries` and calls `actions`.
"""
