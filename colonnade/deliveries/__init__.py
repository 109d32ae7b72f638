"""Whatever must go out: dispatches, deliveries to targets, attempts, receipts.

Owns exactly-once publishing: every attempt is committed before the call, and what is uncertain is shown, never
blindly repeated. Refuses to know who wrote the text or why.
"""
