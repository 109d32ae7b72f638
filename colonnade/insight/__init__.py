"""Counts, trends, forecasts, results, reports, the command centre.

Owns numbers, each of which opens its posts. Refuses to count what its viewer may not see.
"""
