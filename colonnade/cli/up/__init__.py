"""Serving: the supervisor and what it starts.

`supervisor` holds the listening socket (`address`) and looks after the children; `child` is what each of them runs; `preparing`
brings the database up to date before they start.
"""
