"""What outsiders plug in: apps, grants, webhooks, the directory, shared value.

Owns what an outside program may do and in which spaces. Refuses to widen what its person may see.
"""
