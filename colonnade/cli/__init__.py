"""The `colonnade` command: everything an operator does, one verb a file.

Owns the verbs and the supervisor (`up/`). Refuses to hold logic that a room should own.
"""
