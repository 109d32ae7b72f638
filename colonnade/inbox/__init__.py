"""What needs an answer: cases, routing, teams, hours and service levels, macros.

Owns the case: its state, owner, clock and outcome. Refuses to own what was said; a case points at a conversation.
"""
